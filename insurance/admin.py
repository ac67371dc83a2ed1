"""The insurers an organization works with. Coverages are patients' data and stay out of the set-up."""

from django.contrib import admin
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from accounts.admin_site import Step
from accounts.object_actions import deactivation
from accounts.permissions import Permission
from accounts.scoped_admin import ScopedAdmin
from clinics.models import Organization
from insurance.models import Payer


def _what_deactivating_does(payer: Payer) -> list[str]:
    return [_("Patients can no longer choose it."), _("Coverages that name it stay on record.")]


@admin.register(Payer)
class PayerAdmin(ScopedAdmin):
    scope = "organization__clinics"
    fields = ["organization", "name", "payer_id"]
    list_display = ["name", "payer_id", "in_use", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "payer_id"]
    ordering = ["name"]
    object_actions = deactivation(_what_deactivating_does)

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(coverage_total=Count("coverages"))

    def get_readonly_fields(self, request, obj=None):
        return ["organization"] if obj else []

    @admin.display(description=_l("coverages"), ordering="coverage_total")
    def in_use(self, payer) -> int:
        return payer.coverage_total


def steps(user) -> list[Step]:
    organizations = Organization.objects.filter(clinics__in=user.clinic_ids(Permission.SETUP)).distinct()
    page = reverse("admin:insurance_payer_changelist")
    return [Step.unless(organizations.filter(payers=None), _("The insurers your patients have"), page)]


admin.site.add_steps(steps)
