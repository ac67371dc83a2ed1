"""Every write of scheduling. `coordination.actions` calls these; portal, desk and texts call coordination."""

from scheduling.actions.booking import book, move
from scheduling.actions.checks import lock
from scheduling.actions.holds import extend_hold, hold_slot, release_hold
from scheduling.actions.progress import (
    arrange_interpreter,
    arrive,
    cancel,
    complete,
    confirm,
    mark_no_show,
    reopen,
    start,
    unconfirm,
)

__all__ = [
    "arrange_interpreter",
    "arrive",
    "book",
    "cancel",
    "complete",
    "confirm",
    "extend_hold",
    "hold_slot",
    "lock",
    "mark_no_show",
    "move",
    "release_hold",
    "reopen",
    "start",
    "unconfirm",
]
