from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic
from common.fields import BlindIndexField, EncryptedTextField
from common.models import BaseModel
from patients.models.patient import Patient
from patients.querysets import PatientScopedQuerySet


class ContactPoint(BaseModel):
    """A number or address of a patient. The value is encrypted; the blind indexes beside it are for look-ups."""

    class Kind(models.TextChoices):
        MOBILE = "mobile", _("Mobile")
        PHONE = "phone", _("Other phone")
        EMAIL = "email", _("E-mail")

    class Status(models.TextChoices):
        OK = "ok", _("In use")
        BAD = "bad", _("Does not work")
        PAUSED = "paused", _("Paused")

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    value = EncryptedTextField(_("number or address"))
    value_index = BlindIndexField()
    tail_index = BlindIndexField()  # of a number's last four digits
    is_primary = models.BooleanField(_("preferred"), default=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OK)
    status_reason = models.CharField(max_length=40, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)

    objects = PatientScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "kind", "value_index"],
                name="patients_contact_once",
                violation_error_message=_("This number or address is already on the record."),
            ),
            models.UniqueConstraint(
                fields=["patient", "kind"], condition=Q(is_primary=True), name="patients_one_primary_per_kind"
            ),
            models.CheckConstraint(condition=Q(kind__in=["mobile", "phone", "email"]), name="patients_contact_kind"),
            models.CheckConstraint(condition=Q(status__in=["ok", "bad", "paused"]), name="patients_contact_status"),
        ]

    def __str__(self) -> str:
        return f"Contact point {self.public_id}"


class ConsentRecord(BaseModel):
    """Append-only ledger: what a patient agreed to or revoked, in which words. The newest row of a topic counts."""

    class Topic(models.TextChoices):
        TEXTS = "texts", _("Text messages")
        EMAILS = "emails", _("E-mails")
        CALLS = "calls", _("Phone calls")
        TELEHEALTH = "telehealth", _("Telehealth visits")

    class Source(models.TextChoices):
        BOOKING = "booking", _("Booking form")
        TEXT = "text", _("Text reply")
        STAFF = "staff", _("Told to staff")
        LINK = "link", _("Patient's page")
        IMPORT = "import", _("Import")

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="consents")
    contact_point = models.ForeignKey(
        ContactPoint, on_delete=models.PROTECT, null=True, blank=True, related_name="consents"
    )
    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text=_("Where it was said.")
    )
    topic = models.CharField(_("topic"), max_length=12, choices=Topic.choices)
    granted = models.BooleanField(_("granted"))
    source = models.CharField(_("source"), max_length=10, choices=Source.choices)
    wording = models.TextField(_("words shown"), blank=True)
    wording_version = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=5, default="en")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = PatientScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent record")
        verbose_name_plural = _("consent records")
        indexes = [models.Index(fields=["patient", "topic", "-recorded_at"], name="patients_consent_newest")]

    def __str__(self) -> str:
        return f"Consent {self.public_id}"
