"""The audit trail and the CSP counts, to be read and not touched."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from compliance import audit, search
from compliance.models import AuditEvent, CspReportCount

COUNTED_AT_MOST = 10_000


class CappedPaginator(Paginator):
    """Stops counting at 10,000: nobody turns more pages, and counting millions would hold the page up."""

    @cached_property
    def count(self):
        return self.object_list[:COUNTED_AT_MOST].count()


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows nobody changes here, open to those who may read the audit trail at one of their clinics."""

    actions = None

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        return request.user.is_active and bool(request.user.clinic_ids("audit.view"))

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """Who saw and did what. Looking into it is written down as well."""

    list_display = ["at", "actor_label", "role", "action", "outcome", "patient", "subject", "ip"]
    list_filter = [("at", admin.DateFieldListFilter), "outcome"]
    search_fields = ["actor_label"]  # switches the box on; what it finds is `compliance.search`
    search_help_text = _(
        "Name of a user or patient, an id, a day (2026-11-20) or days (2026-11-01..2026-11-20), an action or a subject."
    )
    fields = [
        "at", "actor_label", "actor_id", "role", "action", "outcome", "clinic_id", "patient_id", "patient_ids",
        "subject", "purpose", "detail", "ip", "request_id",
    ]  # fmt: skip
    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50

    @admin.display(description=_("patients"))
    def patient(self, event):
        return event.patient_id or (_("%d shown") % len(event.patient_ids) if event.patient_ids else "")

    def get_ordering(self, request):
        """See `newest_first`; the whole list is the other way round: only ids have an index that gives its order."""
        return ["-at", "-id"] if request.GET.get("q") else ["-id"]

    def get_queryset(self, request):
        return AuditEvent.objects.visible_to(request.user)

    def get_search_results(self, request, queryset, search_term):
        return search.find(queryset, search_term, request.user), False

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        listed = getattr(response, "context_data", None) or {}
        if "cl" in listed:
            detail = {"query": search.query_hash(request.GET.get("q", "")), "found": listed["cl"].result_count}
            audit.record(action="audit.searched", request=request, detail=detail)
        return response

    def change_view(self, request, object_id, form_url="", extra_context=None):
        audit.record(action="audit.event_viewed", subject=f"event:{object_id}"[:80], request=request)
        return super().change_view(request, object_id, form_url, extra_context)


@admin.register(CspReportCount)
class CspReportCountAdmin(ReadOnlyAdmin):
    list_display = ["on_date", "directive", "count"]
    list_filter = ["directive"]
    ordering = ["-on_date", "directive"]
    fields = ["on_date", "directive", "count"]
