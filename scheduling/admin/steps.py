"""What of scheduling a clinic needs before patients can book."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin_site import Step
from accounts.permissions import Permission
from clinics.models import Clinic, Provider
from scheduling.models import VisitType


def steps(user) -> list[Step]:
    clinics = Clinic.objects.filter(pk__in=user.clinic_ids(Permission.SETUP))
    providers = Provider.objects.filter(clinics__in=clinics).active().distinct()
    offered = VisitType.objects.active()
    return [
        Step.unless(
            clinics.exclude(visit_types__in=offered),
            _("Visit types at every clinic"),
            reverse("admin:scheduling_visittype_changelist"),
        ),
        Step.unless(
            offered.filter(clinic__in=clinics, providers=None),
            _("Every visit type is offered by a provider"),
            reverse("admin:scheduling_visittype_changelist"),
        ),
        Step.unless(
            providers.filter(availability_rules=None),
            _("Weekly hours for every provider"),
            reverse("admin:clinics_provider_changelist"),
        ),
        Step.unless(
            clinics.filter(reminder_steps=None),
            _("Reminders at every clinic"),
            reverse("admin:scheduling_reminderstep_changelist"),
        ),
    ]


admin.site.add_steps(steps)
