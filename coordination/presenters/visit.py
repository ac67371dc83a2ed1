"""One visit: what the drawer says, offers and remembers."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from common.timefmt import format_when
from common.timeutil import local_date
from common.us import state_name
from coordination.presenters.people import doer
from coordination.presenters.rows import facts_of, state_of
from coordination.presenters.verbs import Verb, verbs_for
from coordination.readiness import Mark, marks
from scheduling.models import Appointment, AppointmentEvent
from scheduling.models.visit_type import Modality
from scheduling.states import LIVE, UPCOMING, CancelReason, Event


@dataclass(frozen=True, slots=True)
class PanelLink:
    """A part of the drawer with a form of its own; `letter` opens it from the keyboard."""

    key: str
    label: str
    icon: str
    permission: Permission
    letter: str = ""


_PANELS = (
    PanelLink("move", gettext_lazy("Move"), "calendar-clock", Permission.VISIT_BOOK),
    PanelLink("message", gettext_lazy("Send a message"), "message-square", Permission.MESSAGE_SEND, "m"),
    PanelLink("late", gettext_lazy("Say how late the provider is"), "clock-alert", Permission.VISIT_CONDUCT),
    PanelLink("note", gettext_lazy("Add a note"), "sticky-note", Permission.NOTE_WRITE, "n"),
    PanelLink("task", gettext_lazy("Open a task"), "square-check-big", Permission.TASK_EDIT, "t"),
    PanelLink("assign", gettext_lazy("Hand tasks over"), "user-check", Permission.TASK_EDIT, "a"),
    PanelLink("snooze", gettext_lazy("Put tasks off"), "alarm-clock", Permission.TASK_EDIT, "s"),
    PanelLink("payment", gettext_lazy("Insurance or payment"), "shield-plus", Permission.PATIENT_EDIT),
    PanelLink("cancel", gettext_lazy("Cancel the visit"), "calendar-x", Permission.VISIT_BOOK),
)
_ONLY_WHILE = {"move": UPCOMING, "cancel": LIVE, "payment": LIVE, "late": LIVE}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, for a timeline."""

    at: datetime
    title: str
    icon: str
    kind: str = "neutral"
    by: str = ""
    text: str = ""
    url: str = ""


class VisitCard:
    """A visit with its facts (`selectors.visit.ready_visit`) as one reader sees it."""

    def __init__(self, visit: Appointment, *, held: frozenset[Permission], now: datetime):
        self.visit = visit
        self.patient = visit.patient
        self.clinic = visit.clinic
        self.held = held
        self.now = now
        self.url = reverse("coordination:visit", args=[visit.public_id])
        self.is_video = visit.modality == Modality.VIDEO
        self.desk_url = f"{reverse('coordination:desk')}?{self._board_query()}"
        self.state, self.state_kind, self.state_icon, self.since = state_of(visit, now)

    def _board_query(self) -> str:
        day = local_date(self.visit.starts_at, self.clinic.zone)
        today = {} if day == local_date(self.now, self.clinic.zone) else {"day": day}
        return urlencode({"clinic": self.clinic.public_id} | today)

    def marks(self) -> list[Mark]:
        return marks(facts_of(self.visit))

    def verbs(self) -> list[Verb]:
        return verbs_for(status=self.visit.status, starts_at=self.visit.starts_at, held=self.held, now=self.now)

    def panels(self) -> list[PanelLink]:
        return [one for one in _PANELS if one.permission in self.held and self._applies(one.key)]

    def can_message(self) -> bool:
        return Permission.MESSAGE_SEND in self.held

    def room_url(self) -> str:
        """Where the visit is held; empty for whoever may not go there, and once it is over."""
        if Permission.VISIT_CONDUCT not in self.held or self.visit.status not in LIVE:
            return ""
        return reverse("coordination:room", args=[self.visit.public_id])

    def is_upcoming(self) -> bool:
        return self.visit.status in UPCOMING

    def needs_interpreter(self) -> bool:
        return bool(self.visit.interpreter_language) and self.visit.interpreter_arranged_at is None

    def subtitle(self) -> str:
        return format_when(self.visit.starts_at, self.clinic.zone)

    def about(self) -> str:
        """Second identifier and age, as on the patient's page."""
        born = self.patient.birth_date
        age = self.patient.age_on(self.now.astimezone(self.clinic.zone).date())
        return _("born %(date)s, %(age)d years") % {"date": f"{born:%m/%d/%Y}", "age": age}

    def facts(self) -> list[dict]:
        visit = self.visit
        rows = [
            {"label": _("Visit"), "value": f"{visit.visit_type.shown_name} · {visit.get_modality_display()}"},
            {"label": _("Provider"), "value": str(visit.provider)},
            {"label": _("Patient is in"), "value": state_name(visit.patient_state)},
            {"label": _("Language"), "value": self._language()},
        ]
        if visit.reason:
            rows.append({"label": _("Reason"), "value": visit.reason})
        if visit.cancel_reason:
            rows.append({"label": _("Canceled because"), "value": cancel_words(visit.cancel_reason)})
        return rows

    def _language(self) -> str:
        spoken = self.patient.get_language_display()
        if not self.visit.interpreter_language:
            return spoken
        return _("%(spoken)s, interpreter for %(language)s") % {
            "spoken": spoken,
            "language": self.visit.interpreter_language,
        }

    def _applies(self, key: str) -> bool:
        if key == "late" and not self.is_video:
            return False
        return key not in _ONLY_WHILE or self.visit.status in _ONLY_WHILE[key]


_EVENT_LOOKS = {
    Event.BOOK: ("calendar-plus", "info"),
    Event.CONFIRM: ("check", "ready"),
    Event.UNCONFIRM: ("undo-2", "neutral"),
    Event.MOVE: ("calendar-clock", "info"),
    Event.ARRIVE: ("hourglass", "info"),
    Event.START: ("play", "info"),
    Event.COMPLETE: ("circle-check", "ready"),
    Event.NO_SHOW: ("user-x", "problem"),
    Event.CANCEL: ("calendar-x", "problem"),
    Event.REOPEN: ("undo-2", "neutral"),
    Event.INTERPRETER: ("languages", "ready"),
}


def event_entry(event: AppointmentEvent, zone) -> Entry:
    """A line of the visit's history."""
    icon, kind = _EVENT_LOOKS[event.event]
    return Entry(
        at=event.at,
        title=event.get_event_display(),
        icon=icon,
        kind=kind,
        by=doer(event.by, event.by_label),
        text=_event_text(event, zone),
    )


def _event_text(event: AppointmentEvent, zone) -> str:
    parts = []
    if event.event == Event.MOVE and event.old_starts_at and event.new_starts_at:
        moved = {"old": format_when(event.old_starts_at, zone), "new": format_when(event.new_starts_at, zone)}
        parts.append(_("From %(old)s to %(new)s.") % moved)
    if event.reason:
        parts.append(f"{cancel_words(event.reason)}.")
    if event.note:
        parts.append(event.note)
    return " ".join(parts)


def cancel_words(code: str) -> str:
    """The reason for cancelling in words; the code itself when it is not one of ours."""
    return str(CancelReason(code).label) if code in set(CancelReason) else code
