from django.db import models
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic
from common.models import BaseModel
from patients.models.patient import Patient
from patients.querysets import PatientScopedQuerySet


class AccessLink(BaseModel):
    """A patient's way in without an account: one purpose, one subject, an end. Only the token's SHA-256 is stored."""

    class Purpose(models.TextChoices):
        MANAGE_VISIT = "manage", _("See, confirm, move or cancel a visit")
        OPEN_ACCOUNT = "account", _("Open an account")

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="access_links")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    subject = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    first_opened_at = models.DateTimeField(null=True, blank=True)

    objects = PatientScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("access link")
        verbose_name_plural = _("access links")
        indexes = [
            models.Index(fields=["subject", "purpose"], name="patients_link_subject"),
            models.Index(fields=["expires_at"], name="patients_link_end"),
        ]

    def __str__(self) -> str:
        return f"Access link {self.public_id}"
