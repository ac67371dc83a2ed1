from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic
from common.fields import EncryptedTextField
from common.models import BaseModel
from documents.querysets import DocumentQuerySet
from patients.models import Patient


class Document(BaseModel):
    """A patient's file. Its bytes lie encrypted in the storage under `storage_name`; `sha256` is of the clear bytes."""

    class Kind(models.TextChoices):
        INSURANCE_CARD = "insurance_card", _("Insurance card")
        OTHER = "other", _("Other")

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="documents")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    subject = models.CharField(max_length=60, blank=True)
    name = EncryptedTextField(_("file name"), blank=True, default="")
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    storage_name = models.CharField(max_length=80, unique=True)
    key_id = models.CharField(max_length=40, blank=True, help_text=_("Under which of FIELD_KEYS the bytes lie."))
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes = [models.Index(fields=["patient", "-uploaded_at"], name="documents_patient_newest")]

    def __str__(self) -> str:
        return f"Document {self.public_id}"

    @property
    def is_picture(self) -> bool:
        """Whether a page may show it; anything else is only ever downloaded."""
        return self.content_type == "image/jpeg"
