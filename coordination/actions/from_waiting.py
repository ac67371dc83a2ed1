"""What a patient asks of the desk from the waiting room, or before it. Each is one open task, however often asked."""

from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy, override

from compliance import audit
from scheduling.models import Appointment
from telehealth import live
from telehealth.models import VisitSession
from telehealth.states import OVER
from worklist import actions as worklist
from worklist.models import Task


class Wish(StrEnum):
    """What the desk is asked for."""

    CALL = "call"
    OTHER_TIME = "time"
    IDENTITY = "identity"  # asked by nobody: somebody with the link did not know the birth date


_TITLES = {
    Wish.CALL: gettext_lazy("In the waiting room: wants a phone call instead"),
    Wish.OTHER_TIME: gettext_lazy("In the waiting room: can't wait, offer another time"),
    Wish.IDENTITY: gettext_lazy("Wrong birth date at check-in, several times: call the patient"),
}


@transaction.atomic
def want_text(*, session: VisitSession, wanted: bool) -> None:
    """The patient waits elsewhere and wants a text when it is their turn, or no longer."""
    changed = VisitSession.objects.exclude(state__in=OVER).filter(pk=session.pk, text_when_ready=not wanted)
    if changed.update(text_when_ready=wanted):
        _note(session.appointment, "text_wanted", wanted=wanted)
        live.room_changed(session)


def ask(*, visit: Appointment, what: Wish, now: datetime) -> Task:
    """Ask the desk for something on the patient's behalf; asked twice it stands once."""
    return _open(visit, what, _in_clinics_language(_TITLES[what]), now, dedupe_key=key(what, visit))


def not_licensed(*, visit: Appointment, state: str, now: datetime) -> Task:
    """The provider may not see the patient where they are today: the desk is to call."""
    words = gettext_lazy("The provider has no license for %(state)s, where the patient is now: call them")
    title = _in_clinics_language(words, state=state)
    return _open(visit, "license", title, now, dedupe_key=key("license", visit))


def write(*, visit: Appointment, words: str, now: datetime) -> Task:
    """The patient's own words, for whoever works at the desk. Each message is a task of its own."""
    title = _in_clinics_language(gettext_lazy("From the waiting room: “%(words)s”"), words=words)
    return _open(visit, "message", title, now)


def key(what: str, visit: Appointment) -> str:
    """What makes the desk's task about this visit unique."""
    return f"room:{what}:{visit.public_id}"


def _in_clinics_language(title, **values: str) -> str:
    """A task's title, whatever language the patient speaks; states are named by their two letters."""
    with override(settings.LANGUAGE_CODE):
        return str(title) % values if values else str(title)


@transaction.atomic
def _open(visit: Appointment, what: str, title: str, now: datetime, dedupe_key: str = "") -> Task:
    _note(visit, "asked_desk", about=str(what))
    return worklist.open_task(
        clinic=visit.clinic,
        kind=Task.Kind.MANUAL,
        subject=visit.subject,
        patient=visit.patient,
        title=title,
        priority=Task.Priority.URGENT,
        dedupe_key=dedupe_key,
        due_at=now,
        now=now,
    )


def _note(visit: Appointment, event: str, **detail) -> None:
    audit.record(
        action=f"telehealth.{event}",
        clinic=visit.clinic,
        patient=visit.patient,
        subject=visit.subject,
        detail=detail,
    )
