"""The marks say what is really known."""

import pytest

from coordination.readiness import Facts, MarkState, marks
from scheduling.states import CLOSED, Status


def states(**facts) -> dict:
    return {mark.key: mark.state for mark in marks(Facts(**{"status": Status.BOOKED} | facts))}


def test_a_fresh_visit_misses_confirmation_and_insurance():
    assert states() == {"confirmed": MarkState.MISSING, "insurance": MarkState.MISSING}


@pytest.mark.parametrize("status", sorted(CLOSED))
def test_a_visit_that_is_over_has_no_marks(status):
    assert states(status=status) == {}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"payment": "coverage"}, MarkState.READY),
        ({"payment": "self_pay"}, MarkState.READY),
        ({"has_coverage": True}, MarkState.READY),
        ({}, MarkState.MISSING),
    ],
)
def test_insurance_counts_what_is_on_file(facts, expected):
    assert states(**facts)["insurance"] == expected


def test_insurance_is_never_called_verified():
    [mark] = [mark for mark in marks(Facts(status=Status.BOOKED, payment="coverage")) if mark.key == "insurance"]
    assert "not verified" in mark.words


def test_a_message_that_failed_makes_the_missing_confirmation_a_problem():
    assert states(message_failed=True)["confirmed"] == MarkState.PROBLEM
    assert states(message_failed=True, status=Status.CONFIRMED)["confirmed"] == MarkState.READY


def test_license_and_interpreter_appear_only_when_they_apply():
    assert {"license", "interpreter"}.isdisjoint(states())
    assert states(is_licensed=False)["license"] == MarkState.PROBLEM
    assert states(interpreter_language="ASL")["interpreter"] == MarkState.MISSING
    assert states(interpreter_language="ASL", interpreter_arranged=True)["interpreter"] == MarkState.READY
