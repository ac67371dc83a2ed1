"""Who is late for a video visit, and what somebody has to do about it: rules that run every minute.

Every question and text belongs to one time of one visit, so a visit that moves may be asked about again. What a person
has ticked off is not asked twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from coordination.actions.room_ends import WAITING_TASKS
from messaging.actions import queue
from messaging.models import Message
from messaging.states import Purpose
from scheduling import reminders
from scheduling.models import Appointment
from scheduling.models.visit_type import Modality
from scheduling.states import LIVE, UPCOMING
from telehealth import presence
from telehealth.models import Participant
from telehealth.states import Role, State
from worklist.actions import open_task, resolve
from worklist.models import Task

WATCHED_FOR = timedelta(hours=1)
TEXT_AFTER, CALL_AFTER, NO_SHOW_AFTER = (timedelta(minutes=minutes) for minutes in (5, 10, 15))
TEXT_HOLDS = timedelta(minutes=30)  # later than that the link helps nobody
TEMPLATE = "visit_waiting"
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Question:
    """One task that stands, or should stand, for one time of a visit."""

    visit: Appointment
    kind: str

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.visit.public_id}:{self.visit.version}"


def watch(now: datetime) -> None:
    """Text patients who are late, ask staff about patients and providers who are, drop what has settled itself."""
    open_keys = set(Task.objects.open().filter(kind__in=WAITING_TASKS).values_list("dedupe_key", flat=True))
    visits = list(_watched(open_keys, now)[:AT_ONCE])
    asked = {question.key: question for question in _questions(visits, now)}
    for key in sorted(open_keys - set(asked)):
        resolve(dedupe_key=key, now=now)
    _ask([question for key, question in asked.items() if key not in open_keys], now)
    _text([visit for visit in visits if _absent(visit, TEXT_AFTER, now)], now)


def _watched(open_keys: Iterable[str], now: datetime) -> QuerySet[Appointment]:
    """Video visits that began within the hour, and those that somebody was asked about."""
    named = [key.split(":")[1] for key in open_keys if ":" in key]
    began = Q(modality=Modality.VIDEO, status__in=LIVE, starts_at__gt=now - WATCHED_FOR, starts_at__lte=now)
    visits = Appointment.objects.filter(began | Q(public_id__in=named))
    known = visits.annotate(room=F("session__state"), late=F("session__provider_late_minutes"))
    return known.select_related("clinic", "patient").order_by("starts_at", "pk")


def _questions(visits: list[Appointment], now: datetime) -> Iterable[Question]:
    waited_for = [visit for visit in visits if _provider_is_due(visit, now)]
    met = _met(waited_for)
    yield from (Question(visit, Task.Kind.PROVIDER_LATE) for visit in waited_for if visit.pk not in met)
    for kind, after in ((Task.Kind.CALL_PATIENT, CALL_AFTER), (Task.Kind.NO_SHOW, NO_SHOW_AFTER)):
        yield from (Question(visit, kind) for visit in visits if _absent(visit, after, now))


def _provider_is_due(visit: Appointment, now: datetime) -> bool:
    """A patient waits past the start, and past the delay that the provider has said."""
    return visit.room == State.WAITING and visit.starts_at + timedelta(minutes=visit.late or 0) <= now


def _absent(visit: Appointment, after: timedelta, now: datetime) -> bool:
    """The patient has not come so long after the start."""
    not_here = visit.room in (None, State.SCHEDULED)
    return not_here and visit.status in UPCOMING and visit.starts_at + after <= now


def _met(visits: list[Appointment]) -> set[int]:
    """The visits whose provider has the room open."""
    if not visits:
        return set()
    seats = Participant.objects.filter(session__appointment__in=visits, role=Role.PROVIDER)
    visit_of = dict(seats.values_list("public_id", "session__appointment_id"))
    return {visit_of[seat] for seat in presence.of(list(visit_of))}


def _ask(questions: list[Question], now: datetime) -> None:
    keys = [question.key for question in questions]
    answered = set(Task.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True))
    for question in questions:
        if question.key in answered:
            continue
        open_task(
            clinic=question.visit.clinic,
            kind=question.kind,
            subject=question.visit.subject,
            patient=question.visit.patient,
            due_at=now,
            dedupe_key=question.key,
            now=now,
        )


def _text(visits: list[Appointment], now: datetime) -> None:
    """One text with the link for each time of a visit; a new link is only made where a text goes out."""
    keys = {f"{TEMPLATE}:{visit.public_id}:{visit.version}": visit for visit in visits}
    sent = set(Message.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True))
    for key, visit in keys.items():
        if key in sent or visit.starts_at + TEXT_HOLDS <= now:
            continue
        queue(
            clinic=visit.clinic,
            patient=visit.patient,
            template_key=TEMPLATE,
            context=reminders.words(visit),
            dedupe_key=key,
            purpose=Purpose.VISIT,
            subject=visit.subject,
            subject_version=visit.version,
            condition=reminders.UPCOMING_CONDITION,
            urgent=True,
            expires_at=visit.starts_at + TEXT_HOLDS,
            now=now,
        )
