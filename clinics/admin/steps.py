"""What of clinics and people is needed before patients can book."""

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.admin_site import Step
from accounts.models import User
from accounts.permissions import Permission, Role
from clinics.models import Clinic, License, Provider

ADMINISTRATORS = 2


def steps(user) -> list[Step]:
    clinics = Clinic.objects.filter(pk__in=user.clinic_ids(Permission.SETUP))
    return [*_people(clinics), *_providers(clinics), _closed_days(clinics)]


def _people(clinics) -> list[Step]:
    users = reverse("admin:accounts_user_changelist")
    admins = User.objects.filter(memberships__clinic__in=clinics, memberships__role=Role.ADMIN, is_active=True)
    few = clinics.filter(memberships__role=Role.ADMIN, memberships__user__is_active=True)
    enough = few.annotate(admins=Count("memberships__user", distinct=True)).filter(admins__gte=ADMINISTRATORS)
    enrolled = Authenticator.objects.filter(type=Authenticator.Type.TOTP).values("user")
    return [
        Step.unless(clinics.exclude(pk__in=enough.values("pk")), _("A second administrator at every clinic"), users),
        Step.unless(admins.exclude(pk__in=enrolled).distinct(), _("Two-step sign-in for every administrator"), users),
        Step.unless(clinics.exclude(memberships__role=Role.COORDINATOR), _("A coordinator at every clinic"), users),
    ]


def _providers(clinics) -> list[Step]:
    page = reverse("admin:clinics_provider_changelist")
    providers = Provider.objects.filter(clinics__in=clinics).active()
    valid = License.objects.valid_on(timezone.now().date()).values("provider")
    return [
        Step.unless(clinics.exclude(pk__in=providers.values("clinics")), _("Providers at every clinic"), page),
        Step.unless(providers.exclude(pk__in=valid).distinct(), _("A valid license for every provider"), page),
    ]


def _closed_days(clinics) -> Step:
    lacking = clinics.exclude(closures__last_date__gte=timezone.now().date())
    return Step.unless(lacking, _("Closed days at every clinic"), reverse("admin:clinics_clinic_changelist"))


admin.site.add_steps(steps)
