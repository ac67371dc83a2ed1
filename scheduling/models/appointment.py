from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic, Provider
from common.fields import EncryptedTextField
from common.models import BaseModel
from common.us import STATES
from patients.models import Patient
from scheduling.models.visit_type import Modality, VisitType
from scheduling.querysets import AppointmentEventQuerySet, AppointmentQuerySet
from scheduling.states import Event, Status


class Appointment(BaseModel):
    """One visit. `version` rises with every move of time or provider (reminders and calendar entries name it)."""

    class Source(models.TextChoices):
        PORTAL = "portal", _("Booked online")
        DESK = "desk", _("Booked by staff")
        ADMIN = "admin", _("Booked in set-up")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="appointments")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="appointments")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="appointments")
    visit_type = models.ForeignKey(VisitType, on_delete=models.PROTECT, related_name="appointments")
    modality = models.CharField(_("held by"), max_length=8, choices=Modality.choices)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.BOOKED)
    version = models.PositiveIntegerField(default=1)
    patient_state = models.CharField(_("patient will be in"), max_length=2, choices=STATES)
    reason = EncryptedTextField(_("reason for the visit"), blank=True, default="")
    source = models.CharField(max_length=8, choices=Source.choices)
    idempotency_key = models.CharField(max_length=64, null=True, blank=True, unique=True)
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(_("reason for cancelling"), max_length=20, blank=True)
    interpreter_language = models.CharField(_("interpreter for"), max_length=40, blank=True)
    interpreter_arranged_at = models.DateTimeField(null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        indexes = [
            models.Index(fields=["clinic", "starts_at"], name="scheduling_visit_clinic"),
            models.Index(fields=["provider", "starts_at"], name="scheduling_visit_provider"),
            models.Index(fields=["patient", "-starts_at"], name="scheduling_visit_patient"),
            models.Index(
                fields=["starts_at"],
                condition=Q(status__in=["booked", "confirmed"]),
                name="scheduling_visit_upcoming",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="scheduling_visit_order"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="scheduling_visit_status"),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(cancel_reason=""), name="scheduling_visit_cancel_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"Visit {self.public_id}"

    @property
    def subject(self) -> str:
        """The key by which messages, tasks and documents name this visit."""
        return f"visit:{self.public_id}"


class AppointmentEvent(BaseModel):
    """Append-only history: who did what to a visit, and when it was before and after."""

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="events")
    event = models.CharField(max_length=12, choices=Event.choices)
    from_status = models.CharField(max_length=10, blank=True)
    to_status = models.CharField(max_length=10, choices=Status.choices)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_label = models.CharField(max_length=20, help_text=_("staff, patient-link, patient-text, portal or system"))
    old_starts_at = models.DateTimeField(null=True, blank=True)
    new_starts_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=20, blank=True)
    note = EncryptedTextField(blank=True, default="")

    objects = AppointmentEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit event")
        verbose_name_plural = _("visit events")
        indexes = [models.Index(fields=["appointment", "at"], name="scheduling_event_time")]

    def __str__(self) -> str:
        return f"{self.event} {self.public_id}"
