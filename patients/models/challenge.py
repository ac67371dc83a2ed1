from django.db import models
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic
from common.fields import BlindIndexField
from common.models import BaseModel
from common.querysets import ScopedQuerySet


class PhoneChallenge(BaseModel):
    """A code texted to a number to prove that the person has the phone. Neither code nor number lies readable here."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")
    phone_index = BlindIndexField()
    code_hash = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    passed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("texted code")
        verbose_name_plural = _("texted codes")
        indexes = [models.Index(fields=["expires_at"], name="patients_challenge_expiry")]

    def __str__(self) -> str:
        return f"Texted code {self.public_id}"
