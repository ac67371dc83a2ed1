from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic
from common.fields import EncryptedTextField
from common.models import BaseModel
from patients.models.patient import Patient
from patients.querysets import PatientScopedQuerySet


class Note(BaseModel):
    """A coordinator's note on a patient's timeline. Append-only; `subject` may name what it is about."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="notes")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=60, blank=True)
    body = EncryptedTextField(_("note"))
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = PatientScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes = [models.Index(fields=["patient", "-written_at"], name="patients_note_newest")]

    def __str__(self) -> str:
        return f"Note {self.public_id}"
