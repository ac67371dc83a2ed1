import zoneinfo
from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic, Organization
from common.fields import EncryptedTextField
from common.models import BaseModel
from common.us import STATES
from common.zones import TimeZoneField
from patients.querysets import PatientMergeQuerySet, PatientQuerySet, PatientScopedQuerySet


class Patient(BaseModel):
    class Sex(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")
        OTHER = "other", _("Another")
        UNKNOWN = "unknown", _("Not given")

    class Language(models.TextChoices):
        ENGLISH = "en", _("English")
        SPANISH = "es", _("Spanish")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="patients")
    clinics = models.ManyToManyField(Clinic, related_name="patients", verbose_name=_("registered at"))
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="patient"
    )
    first_name = models.CharField(_("legal first name"), max_length=80)
    last_name = models.CharField(_("legal last name"), max_length=80)
    name_to_use = models.CharField(_("name to use"), max_length=80, blank=True)
    pronouns = models.CharField(_("pronouns"), max_length=40, blank=True)
    birth_date = models.DateField(_("birth date"))
    sex = models.CharField(_("sex"), max_length=10, choices=Sex.choices, default=Sex.UNKNOWN)
    language = models.CharField(_("language"), max_length=5, choices=Language.choices, default=Language.ENGLISH)
    interpreter_language = models.CharField(
        _("interpreter needed for"), max_length=40, blank=True, help_text=_("Empty when no interpreter is needed.")
    )
    state = models.CharField(_("state of residence"), max_length=2, choices=STATES)
    time_zone = TimeZoneField(_("time zone"), blank=True)
    emergency_name = models.CharField(_("emergency contact"), max_length=120, blank=True)
    emergency_relationship = models.CharField(_("relationship"), max_length=40, blank=True)
    emergency_phone = EncryptedTextField(_("emergency contact's phone"), blank=True, default="")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_from")

    objects = PatientQuerySet.as_manager()

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        indexes = [
            models.Index(Lower("last_name"), "birth_date", name="patients_name_birth"),
            models.Index(fields=["organization", "birth_date"], name="patients_birth"),
            # Django's icontains compares UPPER(column): an index on the bare column would never be used.
            GinIndex(
                OpClass(Upper("last_name"), name="gin_trgm_ops"),
                OpClass(Upper("first_name"), name="gin_trgm_ops"),
                OpClass(Upper("name_to_use"), name="gin_trgm_ops"),
                name="patients_name_trgm",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=F("pk")), name="patients_not_merged_into_itself"),
        ]

    def __str__(self) -> str:
        return f"Patient {self.public_id}"  # never the name: this text reaches logs and exception pages

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def display_name(self) -> str:
        """The name staff and the patient see: the name to use, with the legal last name."""
        return f"{self.name_to_use or self.first_name} {self.last_name}"

    def age_on(self, day: date) -> int:
        """Full years."""
        return day.year - self.birth_date.year - ((day.month, day.day) < (self.birth_date.month, self.birth_date.day))

    def zone(self, clinic: Clinic) -> zoneinfo.ZoneInfo:
        """The patient's own time zone, else the clinic's."""
        return zoneinfo.ZoneInfo(self.time_zone or clinic.time_zone)


class Proxy(BaseModel):
    """Somebody who acts for the patient, and how far. Half-open in time: ends_on is the first day without the right."""

    class Basis(models.TextChoices):
        PARENT = "parent", _("Parent of a minor")
        GUARDIAN = "guardian", _("Legal guardian")
        POWER_OF_ATTORNEY = "poa", _("Power of attorney")
        CARER = "carer", _("Carer, with the patient's consent")

    class Right(models.TextChoices):
        BOOK = "book", _("Book, move and cancel visits")
        MESSAGES = "messages", _("Receive messages")
        FORMS = "forms", _("Fill in forms")
        JOIN = "join", _("Join visits")

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="proxies")
    name = models.CharField(_("name"), max_length=120)
    relationship = models.CharField(_("relationship"), max_length=40)
    basis = models.CharField(_("basis"), max_length=10, choices=Basis.choices)
    rights = ArrayField(models.CharField(max_length=10, choices=Right.choices), default=list, verbose_name=_("may"))
    phone = EncryptedTextField(_("phone"), blank=True, default="")
    email = EncryptedTextField(_("e-mail"), blank=True, default="")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = PatientScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("proxy")
        verbose_name_plural = _("proxies")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), name="patients_proxy_order"
            ),
        ]

    def __str__(self) -> str:
        return f"Proxy {self.public_id}"


class PatientMerge(BaseModel):
    """One record merged into another, with what moved, so that it can be undone."""

    kept = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges_kept")
    merged = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges_lost")
    moved = models.JSONField(help_text=_("Model label to the ids of the rows that were pointed at the kept record."))
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = PatientMergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge of records")
        verbose_name_plural = _("merges of records")
        constraints = [
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="patients_merged_once"),
        ]

    def __str__(self) -> str:
        return f"Merge {self.public_id}"
