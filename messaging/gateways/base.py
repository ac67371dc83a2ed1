"""What a transport does. Each vendor is one file; a test holds their signatures together."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from messaging.marks import Mark


@dataclass(frozen=True, slots=True)
class Accepted:
    """Taken over. `receipts` are statuses the transport knows already, in the order in which they came true."""

    sid: str | None = None
    receipts: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Retry:
    """Surely not taken: try again after `seconds` (None: the usual wait).

    `counted=False` is for faults of the set-up, which are no fault of the message: it waits for somebody to mend them.
    """

    code: str
    seconds: int | None = None
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Rejected:
    """Will never be taken."""

    code: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say whether it was taken: the answer was lost. Never send again before `find` said "missing"."""

    code: str


Result = Accepted | Retry | Rejected | Unknown


@dataclass(frozen=True, slots=True)
class Found:
    """The carrier has it."""

    sid: str
    status: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """The carrier surely does not have it."""


@dataclass(frozen=True, slots=True)
class Unanswerable:
    """This transport keeps no list one could ask, or it did not answer. `ever` says whether asking again may help."""

    ever: bool


class Gateway(Protocol):
    name: str
    answers_keywords: bool  # whether the carrier itself answers STOP, START and HELP

    def send(self, message, now: datetime) -> Result:
        """Hand one message over, once. Never raises for what a carrier or a network does."""

    def find(self, message) -> Found | Missing | Unanswerable:
        """Whether the carrier has a message whose answer was lost."""

    def fetch(self, sid: str) -> Found | Missing | Unanswerable:
        """What became of an accepted message."""
