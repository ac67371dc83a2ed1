from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import BaseModel
from scheduling.models import Appointment
from telehealth.querysets import OfSessionQuerySet, SessionQuerySet
from telehealth.states import Event, Outcome, State


class VisitSession(BaseModel):
    """One visit's room. Its hours follow the appointment, so a visit that moves takes its room along."""

    appointment = models.OneToOneField(Appointment, on_delete=models.CASCADE, related_name="session")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.SCHEDULED)
    state_since = models.DateTimeField(_("since"))
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices, blank=True)
    epoch = models.PositiveIntegerField(default=0, help_text=_("Rises with each admission: older calls are over."))
    arrived_at = models.DateTimeField(null=True, blank=True)
    admitted_at = models.DateTimeField(null=True, blank=True)
    connected_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    provider_late_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("As the provider or the desk said it.")
    )
    text_when_ready = models.BooleanField(default=False, help_text=_("The patient waits elsewhere and wants a text."))
    is_urgent = models.BooleanField(_("urgent"), default=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit session")
        verbose_name_plural = _("visit sessions")
        indexes = [
            models.Index(
                fields=["state"],
                condition=~Q(state__in=["scheduled", "ended", "cancelled"]),
                name="telehealth_session_live",
            )
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="telehealth_session_state"),
            models.CheckConstraint(condition=~Q(state="ended") | ~Q(outcome=""), name="telehealth_session_outcome"),
        ]

    def __str__(self) -> str:
        return f"Visit session {self.public_id}"


class SessionEvent(BaseModel):
    """Append-only history of a session; `note` is a code, never words about a person."""

    session = models.ForeignKey(VisitSession, on_delete=models.CASCADE, related_name="events")
    event = models.CharField(max_length=12, choices=Event.choices)
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12, choices=State.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_label = models.CharField(max_length=20)
    note = models.CharField(max_length=40, blank=True)

    objects = OfSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session event")
        verbose_name_plural = _("session events")
        indexes = [models.Index(fields=["session", "at"], name="telehealth_event_time")]

    def __str__(self) -> str:
        return f"{self.event} {self.public_id}"
