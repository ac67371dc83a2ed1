"""The order of the questions, and which one comes next."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from insurance.models import VisitPayment
from portal import red_flags
from portal.draft import Draft

TOTAL = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One page: its URL name within `portal`, whether it is answered, and where it stands on the way."""

    name: str
    answered: Callable[[Draft], bool]
    number: int
    label: str


STEPS = (
    Step("reason", lambda draft: _reason_given(draft), 1, _("Your visit")),
    Step("where", lambda draft: bool(draft.state), 2, _("Time")),
    Step("zone", lambda draft: bool(draft.zone), 2, _("Time")),
    Step("time", lambda draft: bool(draft.starts_at), 2, _("Time")),
    Step("details", lambda draft: bool(draft.last_name and draft.mobile), 3, _("Your details")),
    Step("code", lambda draft: bool(draft.patient and draft.proven == draft.mobile), 3, _("Your details")),
    Step("payment", lambda draft: bool(draft.payment), 4, _("Payment")),
    Step(
        "insurance",
        lambda draft: draft.payment != VisitPayment.Method.COVERAGE or bool(draft.coverage),
        4,
        _("Payment"),
    ),
    Step("check", lambda draft: False, 5, _("Check your answers")),
)
BY_NAME = {step.name: step for step in STEPS}


def _reason_given(draft: Draft) -> bool:
    """An emergency is no reason for a visit that is not now: its page does not let anybody pass."""
    return bool(draft.visit_type and draft.reason) and red_flags.find(draft.reason) is None


def next_step(draft: Draft) -> Step:
    """The first page that is not answered; the last one asks to check everything."""
    return next(step for step in STEPS if not step.answered(draft))


def reachable(draft: Draft, name: str) -> bool:
    """Whether every page before this one is answered."""
    return STEPS.index(BY_NAME[name]) <= STEPS.index(next_step(draft))


def before(draft: Draft, name: str) -> Step | None:
    """The page that the Back link leads to: pages that were never asked are passed over."""
    index = STEPS.index(BY_NAME[name])
    return next((step for step in reversed(STEPS[:index]) if _asked(step, draft)), None)


def _asked(step: Step, draft: Draft) -> bool:
    if step.name == "zone":
        return draft.asks_zone
    if step.name == "code":
        return False  # done is done: going back leads to the number itself
    if step.name == "insurance":
        return draft.payment == VisitPayment.Method.COVERAGE
    return True
