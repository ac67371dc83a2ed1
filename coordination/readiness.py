"""What has to be in place before a visit, as marks: what is ready stays quiet, what is missing asks for its fix.

A mark tells what the portal really knows. Insurance details that were typed in are "on file, not verified".
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coordination.device_words import device_words
from scheduling.states import CLOSED, Status

MARK_ICONS = frozenset(
    {
        "check",
        "circle-question-mark",
        "languages",
        "message-circle-x",
        "octagon-alert",
        "shield-question-mark",
        "video-off",
    }
)


class MarkState(StrEnum):
    READY = "ready"
    MISSING = "missing"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a visit's readiness. `payment` is insurance.VisitPayment's method, empty when none is set.

    Provider and state are named only where the license is missing. `tech` is the newest device test of a visit by
    video, as result and gravest cause ("fail:camera_blocked").
    """

    status: str
    payment: str = ""
    has_coverage: bool = False
    is_licensed: bool = True
    provider_name: str = ""
    patient_state: str = ""
    interpreter_language: str = ""
    interpreter_arranged: bool = False
    message_failed: bool = False
    tech: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark: `panel` is the part of the visit's drawer that fixes it."""

    key: str
    panel: str
    name: str
    state: MarkState
    words: str
    icon: str

    @property
    def is_open(self) -> bool:
        return self.state != MarkState.READY


def marks(facts: Facts) -> list[Mark]:
    """The marks of a visit, most important first; none for a visit that is over."""
    return list(_marks(facts, get_language()))


@lru_cache(maxsize=1024)
def _marks(facts: Facts, _language: str) -> tuple[Mark, ...]:
    """Kept, since the visits of a day share a handful of facts and every word costs a look-up in the catalog."""
    if facts.status in CLOSED:
        return ()
    found = [_confirmed(facts), _insurance(facts), _license(facts), _interpreter(facts), _tech(facts)]
    return tuple(mark for mark in found if mark)


def _confirmed(facts: Facts) -> Mark:
    if facts.status != Status.BOOKED:
        return Mark("confirmed", "confirm", _("Confirmed"), MarkState.READY, _("yes"), "check")
    if facts.message_failed:
        words = _("no, and a message did not arrive: try a call")
        return Mark("confirmed", "confirm", _("Confirmed"), MarkState.PROBLEM, words, "message-circle-x")
    return Mark("confirmed", "confirm", _("Confirmed"), MarkState.MISSING, _("not yet"), "circle-question-mark")


def _insurance(facts: Facts) -> Mark:
    state, icon = MarkState.READY, "check"
    if facts.payment == "self_pay":
        words = _("the patient pays")
    elif facts.payment == "coverage" or facts.has_coverage:
        words = _("details on file, not verified")
    else:
        state, icon, words = MarkState.MISSING, "shield-question-mark", _("no details yet")
    return Mark("insurance", "payment", _("Insurance"), state, words, icon)


def _license(facts: Facts) -> Mark | None:
    if facts.is_licensed:
        return None
    words = _("%(provider)s is not licensed in %(state)s on that day") % {
        "provider": facts.provider_name,
        "state": facts.patient_state,
    }
    return Mark("license", "move", _("License"), MarkState.PROBLEM, words, "octagon-alert")


def _interpreter(facts: Facts) -> Mark | None:
    if not facts.interpreter_language:
        return None
    about = {"language": facts.interpreter_language}
    if facts.interpreter_arranged:
        words = _("%(language)s, arranged") % about
        return Mark("interpreter", "interpreter", _("Interpreter"), MarkState.READY, words, "check")
    words = _("%(language)s, not arranged yet") % about
    return Mark("interpreter", "interpreter", _("Interpreter"), MarkState.MISSING, words, "languages")


def _tech(facts: Facts) -> Mark | None:
    """Untested is no mark. Most patients never test and come through, so it would put nearly every visit under "not
    ready" and hide the few whose test failed, who are the ones that a call before the visit saves.
    """
    if not facts.tech:
        return None
    result, _colon, cause = facts.tech.partition(":")
    if result == "fail":
        return Mark("tech", "device", _("Device test"), MarkState.PROBLEM, device_words(cause), "video-off")
    words = _("works: %(what)s") % {"what": device_words(cause)} if cause else _("everything works")
    return Mark("tech", "device", _("Device test"), MarkState.READY, words, "check")
