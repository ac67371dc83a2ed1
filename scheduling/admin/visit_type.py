"""What can be booked."""

from django.contrib import admin
from django.db import models
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from accounts.object_actions import deactivation
from accounts.scoped_admin import OwnRowsFilter, ScopedAdmin
from scheduling.models import VisitType


def _what_deactivating_does(visit_type: VisitType) -> list[str]:
    return [_("Nobody can book it any more."), _("Visits that are booked stay booked.")]


@admin.register(VisitType)
class VisitTypeAdmin(ScopedAdmin):
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    fieldsets = [
        (None, {"fields": ["clinic", "name", "name_es", "description", "description_es"]}),
        (_l("Held by"), {"fields": ["modality", "meeting_url"]}),
        (_l("Length"), {"fields": ["duration", "buffer_before", "buffer_after", "start_step"]}),
        (_l("Booking"), {"fields": ["audience", "patient_notice", "staff_notice", "horizon_days"]}),
        (_l("Price"), {"fields": ["self_pay_price"]}),
        (_l("Providers who offer it"), {"fields": ["providers"]}),
    ]
    list_display = ["name", "clinic", "modality", "duration", "audience", "provider_count", "is_active"]
    list_filter = [("clinic", OwnRowsFilter), "is_active", "modality", "audience"]
    list_select_related = ["clinic"]
    search_fields = ["name", "name_es"]
    ordering = ["clinic__name", "name"]
    object_actions = deactivation(_what_deactivating_does)

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(provider_total=Count("providers", distinct=True))

    def get_readonly_fields(self, request, obj=None):
        """Its visits belong to the clinic."""
        return ["clinic"] if obj else []

    @admin.display(description=_l("providers"), ordering="provider_total")
    def provider_count(self, visit_type) -> int:
        return visit_type.provider_total
