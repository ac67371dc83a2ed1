import zoneinfo
from datetime import time

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Role
from clinics.querysets import ClinicQuerySet, LicenseQuerySet, OrganizationQuerySet, ProviderQuerySet
from common.models import BaseModel
from common.querysets import ScopedQuerySet
from common.us import STATES
from common.zones import TimeZoneField


class Organization(BaseModel):
    """The tenant: every row reaches one."""

    name = models.CharField(_("name"), max_length=120, unique=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")

    def __str__(self) -> str:
        return self.name


class Clinic(BaseModel):
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="clinics")
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address part"), unique=True, help_text=_("Used in the booking page's address."))
    message_name = models.CharField(
        _("name in messages"),
        max_length=30,
        help_text=_("Appears in texts and e-mails: must not tell a specialty."),
    )
    time_zone = TimeZoneField(_("time zone"))
    phone = models.CharField(_("phone"), max_length=20, help_text=_("Patients see and call this number."))
    street = models.CharField(_("street"), max_length=120, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    state = models.CharField(_("state"), max_length=2, choices=STATES)
    postal_code = models.CharField(_("ZIP code"), max_length=10, blank=True)
    quiet_until = models.TimeField(_("messages from"), default=time(9))
    quiet_from = models.TimeField(_("messages until"), default=time(20))
    is_active = models.BooleanField(_("active"), default=True)

    objects = ClinicQuerySet.as_manager()

    class Meta:
        verbose_name = _("clinic")
        verbose_name_plural = _("clinics")
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="clinics_clinic_name"),
            models.CheckConstraint(
                condition=Q(quiet_until__lt=F("quiet_from")),
                name="clinics_clinic_message_hours",
                violation_error_message=_("The first hour for messages must come before the last."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class Closure(BaseModel):
    """Days on which a clinic sees nobody; both days belong to it."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="closures")
    first_date = models.DateField(_("first day"))
    last_date = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=120)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_date__gte=F("first_date")),
                name="clinics_closure_order",
                violation_error_message=_("The last day can't be before the first."),
            ),
            models.UniqueConstraint(fields=["clinic", "first_date", "reason"], name="clinics_closure_once"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} ({self.first_date})"


class Provider(BaseModel):
    """A clinician who holds visits. The user is the sign-in, if there is one."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="providers")
    clinics = models.ManyToManyField(Clinic, related_name="providers", verbose_name=_("clinics"))
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="provider"
    )
    name = models.CharField(_("name"), max_length=120)
    credentials = models.CharField(_("credentials"), max_length=40, blank=True, help_text=_("For example MD or LCSW."))
    specialty = models.CharField(_("specialty"), max_length=80, blank=True, help_text=_("Never shown in messages."))
    npi = models.CharField(_("NPI"), max_length=10, blank=True)
    time_zone = TimeZoneField(_("time zone"))
    languages = ArrayField(models.CharField(max_length=5), default=list, blank=True, verbose_name=_("languages"))
    is_active = models.BooleanField(_("active"), default=True)

    objects = ProviderQuerySet.as_manager()

    class Meta:
        verbose_name = _("provider")
        verbose_name_plural = _("providers")
        constraints = [
            models.UniqueConstraint(fields=["npi"], condition=~Q(npi=""), name="clinics_provider_npi"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.credentials}" if self.credentials else self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class License(BaseModel):
    """A provider may see patients who are in this state, on the days the license is valid (last day included)."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="licenses")
    state = models.CharField(_("state"), max_length=2, choices=STATES)
    number = models.CharField(_("number"), max_length=40)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))

    objects = LicenseQuerySet.as_manager()

    class Meta:
        verbose_name = _("license")
        verbose_name_plural = _("licenses")
        constraints = [
            models.UniqueConstraint(fields=["provider", "state", "number"], name="clinics_license_once"),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")),
                name="clinics_license_order",
                violation_error_message=_("The license can't end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.number}"


class Membership(BaseModel):
    """A user's role at a clinic."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "clinic", "role"], name="clinics_membership_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="clinics_membership_role"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} @ {self.clinic_id}"
