"""What can be done to a visit from the desk: words, right and way back of each event, and when it is offered."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from scheduling.states import Event, Status


@dataclass(frozen=True, slots=True)
class Verb:
    """One event as a button. `done` is said afterwards; `undo` is the event that takes it back, if one does."""

    event: str
    label: str
    done: str
    icon: str
    permission: Permission
    undo: str = ""


_VERBS = (
    Verb(Event.CONFIRM, _("Confirm"), _("Visit confirmed."), "check", Permission.VISIT_BOOK, Event.UNCONFIRM),
    Verb(Event.ARRIVE, _("Arrived"), _("The patient is waiting."), "hourglass", Permission.VISIT_CONDUCT, Event.REOPEN),
    Verb(Event.START, _("Start visit"), _("Visit started."), "play", Permission.VISIT_CONDUCT, Event.REOPEN),
    Verb(Event.COMPLETE, _("Complete"), _("Visit completed."), "circle-check", Permission.VISIT_CONDUCT, Event.REOPEN),
    Verb(Event.NO_SHOW, _("No-show"), _("Marked as no-show."), "user-x", Permission.VISIT_CONDUCT, Event.REOPEN),
    Verb(Event.REOPEN, _("Set back"), _("Set back one step."), "undo-2", Permission.VISIT_CONDUCT),
    Verb(Event.UNCONFIRM, _("Take confirmation back"), _("Confirmation taken back."), "undo-2", Permission.VISIT_BOOK),
    Verb(
        Event.INTERPRETER, _("Interpreter is arranged"), _("Interpreter arranged."), "languages", Permission.VISIT_BOOK
    ),
)
VERBS: dict[str, Verb] = {str(verb.event): verb for verb in _VERBS}

# Of the allowed moves, those worth a button; the rest is reached step by step.
OFFERED: dict[str, tuple[str, ...]] = {
    Status.BOOKED: (Event.CONFIRM, Event.ARRIVE, Event.NO_SHOW),
    Status.CONFIRMED: (Event.ARRIVE, Event.NO_SHOW, Event.UNCONFIRM),
    Status.ARRIVED: (Event.START, Event.NO_SHOW, Event.REOPEN),
    Status.IN_VISIT: (Event.COMPLETE, Event.REOPEN),
    Status.COMPLETED: (Event.REOPEN,),
    Status.NO_SHOW: (Event.ARRIVE, Event.REOPEN),
    Status.CANCELLED: (),
}


def verbs_for(*, status: str, starts_at: datetime, held: frozenset[Permission], now: datetime) -> list[Verb]:
    """The buttons of a visit in this state, the likeliest first. Nobody is a no-show before the visit begins."""
    offered = (VERBS[event] for event in OFFERED[status])
    return [verb for verb in offered if verb.permission in held and (verb.event != Event.NO_SHOW or starts_at <= now)]
