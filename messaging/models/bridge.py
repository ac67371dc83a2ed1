from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic
from common.fields import EncryptedTextField
from common.models import BaseModel
from messaging.querysets import BridgeQuerySet, LegQuerySet
from messaging.states import CallStatus
from patients.models import Patient


class Bridge(BaseModel):
    """Two phones in one conference, each called by the clinic's number: neither sees the other's."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = BridgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("phone bridge")
        verbose_name_plural = _("phone bridges")
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(ended_at=None), name="messaging_one_bridge_a_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"Phone bridge {self.public_id}"


class Leg(BaseModel):
    """One of the two calls of a bridge. `sid` is the carrier's name for it."""

    class Side(models.TextChoices):
        PATIENT = "patient", _("Patient")
        STAFF = "staff", _("Staff")

    bridge = models.ForeignKey(Bridge, on_delete=models.CASCADE, related_name="legs")
    side = models.CharField(max_length=7, choices=Side.choices)
    number = EncryptedTextField(_("number"))
    sid = models.CharField(max_length=64, null=True, blank=True, unique=True)
    status = models.CharField(_("state"), max_length=10, choices=CallStatus.choices, default=CallStatus.PLANNED)
    status_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=40, blank=True)

    objects = LegQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        constraints = [
            models.UniqueConstraint(fields=["bridge", "side"], name="messaging_one_leg_a_side"),
            models.CheckConstraint(condition=Q(status__in=CallStatus.values), name="messaging_leg_status"),
        ]

    def __str__(self) -> str:
        return f"Call {self.public_id}"
