"""Admit, hold, phone, finish: session and visit move together, or not at all."""

from datetime import UTC, datetime, timedelta

import pytest

from clinics.tests.factories import MembershipFactory
from compliance.models import AuditEvent
from coordination.actions import (
    admit,
    cancel_visit,
    complete_visit,
    finish,
    hold,
    no_show_visit,
    reopen_visit,
    say_late,
    set_urgent,
    text_link,
    to_phone,
)
from coordination.tests.rooms import checked_in, here, room_of, say_where, visit_now
from messaging.models import Message
from scheduling.errors import MoveRefused
from scheduling.models import Appointment
from scheduling.states import Status
from telehealth import presence
from telehealth.errors import InterpreterMissing, NotCheckedIn, NotLicensedThere, StepRefused
from telehealth.models import SessionEvent, VisitSession
from telehealth.states import Outcome, Role, State
from worklist.models import Task

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture
def visit(scene):
    return visit_now(scene, now=NOW)


@pytest.fixture
def who(scene):
    return {"by": MembershipFactory(clinic=scene.clinic).user, "by_label": "staff", "now": NOW}


def as_now(visit):
    return Appointment.objects.get(pk=visit.pk).status, VisitSession.objects.get(appointment=visit)


def actions_of(visit):
    return list(AuditEvent.objects.filter(subject=visit.subject).order_by("pk").values_list("action", flat=True))


def test_who_is_admitted_is_in_the_visit(visit, who):
    checked_in(visit, at=NOW - timedelta(minutes=4))
    session = admit(appointment=visit, **who)
    status, kept = as_now(visit)
    assert (status, kept.state, kept.epoch) == (Status.IN_VISIT, State.CONNECTING, 1)
    assert session.pk == kept.pk
    assert not Message.objects.exists()  # the page is open


def test_admitting_twice_admits_once(visit, who):
    checked_in(visit)
    admit(appointment=visit, **who)
    before = actions_of(visit)
    admit(appointment=visit, **who)
    assert SessionEvent.objects.count() == 1
    assert actions_of(visit) == before


@pytest.mark.parametrize(
    ("said", "refusal"), [(None, NotCheckedIn), ({"is_licensed": False, "state": "CA"}, NotLicensedThere)]
)
def test_nobody_is_admitted_without_a_check_in_that_counts(visit, who, said, refusal):
    session = room_of(visit, State.WAITING)
    if said:
        say_where(session, **said)
    with pytest.raises(refusal):
        admit(appointment=visit, **who)
    status, kept = as_now(visit)
    assert (status, kept.state) == (Status.BOOKED, State.WAITING)
    assert not SessionEvent.objects.exists() and not Message.objects.exists() and actions_of(visit) == []


def test_the_newest_check_in_counts(visit, who):
    session = checked_in(visit, at=NOW - timedelta(minutes=4))
    say_where(session, at=NOW, is_licensed=False)
    with pytest.raises(NotLicensedThere):
        admit(appointment=visit, **who)


@pytest.mark.parametrize("wants_text", [True, False])
def test_who_is_not_at_the_page_gets_one_text(visit, who, wants_text):
    session = checked_in(visit)
    VisitSession.objects.filter(pk=session.pk).update(text_when_ready=wants_text)
    if not wants_text:
        presence.clear(session.participants.get(role=Role.PATIENT).public_id)
    admit(appointment=visit, **who)
    sent = Message.objects.get()
    assert (sent.template_key, sent.urgent, sent.to) == ("visit_ready", True, "+12025550101")
    assert sent.expires_at == NOW + timedelta(minutes=30)
    assert "/m/" in sent.body


def test_a_needed_interpreter_comes_first(scene, who):
    visit = visit_now(scene, now=NOW, interpreter_language="ASL")
    session = checked_in(visit)
    with pytest.raises(InterpreterMissing):
        admit(appointment=visit, **who)
    assert as_now(visit)[1].state == State.WAITING
    here(session, Role.INTERPRETER)
    admit(appointment=visit, **who)
    assert as_now(visit)[1].state == State.CONNECTING
    assert SessionEvent.objects.get().note == ""


def test_going_on_without_the_interpreter_has_a_reason(scene, who):
    visit = visit_now(scene, now=NOW, interpreter_language="ASL")
    checked_in(visit)
    with pytest.raises(ValueError, match="valid"):
        admit(appointment=visit, override_interpreter=True, override_reason="because", **who)
    admit(appointment=visit, override_interpreter=True, override_reason="speaks", **who)
    assert SessionEvent.objects.get().note == "no_interpreter:speaks"
    waived = AuditEvent.objects.get(action="coordination.interpreter_waived")
    assert (waived.subject, waived.detail, waived.actor_id) == (
        visit.subject, {"reason": "speaks"}, who["by"].public_id,
    )  # fmt: skip


def test_an_unneeded_reason_leaves_no_trace(visit, who):
    checked_in(visit)
    admit(appointment=visit, override_interpreter=True, override_reason="speaks", **who)
    assert SessionEvent.objects.get().note == ""
    assert "coordination.interpreter_waived" not in actions_of(visit)


def test_hold_and_back(visit, who):
    checked_in(visit)
    admit(appointment=visit, **who)
    hold(appointment=visit, **who)
    assert as_now(visit)[1].state == State.ON_HOLD
    admit(appointment=visit, **who)
    assert (as_now(visit)[0], as_now(visit)[1].epoch) == (Status.IN_VISIT, 2)


def test_nobody_who_is_not_in_is_put_on_hold(visit, who):
    checked_in(visit)
    with pytest.raises(StepRefused):
        hold(appointment=visit, **who)
    assert as_now(visit)[1].state == State.WAITING


def test_on_by_phone(visit, who):
    to_phone(appointment=visit, **who)  # also for somebody who could not get into the room
    assert (as_now(visit)[0], as_now(visit)[1].state) == (Status.IN_VISIT, State.PHONE)
    finish(appointment=visit, outcome=Outcome.COMPLETED_PHONE, **who)
    status, session = as_now(visit)
    assert (status, session.state, session.outcome) == (Status.COMPLETED, State.ENDED, Outcome.COMPLETED_PHONE)


def test_a_no_show_is_said_by_a_person_and_not_before_the_start(visit, who):
    room_of(visit)
    early = who | {"now": NOW - timedelta(minutes=1)}
    with pytest.raises(MoveRefused):
        finish(appointment=visit, outcome=Outcome.PATIENT_NO_SHOW, **early)
    assert as_now(visit)[1].state == State.SCHEDULED
    assert not SessionEvent.objects.exists()
    finish(appointment=visit, outcome=Outcome.PATIENT_NO_SHOW, **who)
    assert (as_now(visit)[0], as_now(visit)[1].outcome) == (Status.NO_SHOW, Outcome.PATIENT_NO_SHOW)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Outcome.PROVIDER_NO_SHOW, "provider_unavailable"),
        (Outcome.TECHNICAL_FAILURE, "other"),
        (Outcome.PATIENT_LEFT, "other"),
    ],
)
@pytest.mark.parametrize("admitted", [True, False])
def test_a_visit_that_was_not_held_is_owed(visit, who, outcome, reason, admitted):
    checked_in(visit)
    if admitted:
        admit(appointment=visit, **who)
    finish(appointment=visit, outcome=outcome, **who)
    status, session = as_now(visit)
    assert (status, session.state, session.outcome) == (Status.CANCELLED, State.ENDED, outcome)
    assert Appointment.objects.get(pk=visit.pk).cancel_reason == reason
    task = Task.objects.get(kind=Task.Kind.REOFFER)
    assert (task.subject, task.cause) == (visit.subject, outcome)


@pytest.mark.parametrize("outcome", [Outcome.CANCELLED, Outcome.RESCHEDULED])
def test_other_outcomes_are_not_said_at_the_end(visit, who, outcome):
    checked_in(visit)
    with pytest.raises(ValueError, match="outcome"):
        finish(appointment=visit, outcome=outcome, **who)
    assert as_now(visit)[1].state == State.WAITING


def test_finishing_twice_finishes_once(visit, who):
    checked_in(visit)
    admit(appointment=visit, **who)
    finish(appointment=visit, outcome=Outcome.COMPLETED_VIDEO, **who)
    before = actions_of(visit)
    finish(appointment=visit, outcome=Outcome.COMPLETED_AUDIO, **who)
    assert as_now(visit)[1].outcome == Outcome.COMPLETED_VIDEO
    assert actions_of(visit) == before


# --- What happens to the visit elsewhere happens to its room ---


@pytest.mark.parametrize(
    ("close", "outcome"), [(complete_visit, Outcome.COMPLETED_VIDEO), (no_show_visit, Outcome.PATIENT_NO_SHOW)]
)
def test_what_the_desk_closes_closes_the_room(visit, who, close, outcome):
    checked_in(visit)
    close(appointment=visit, **who)
    assert (as_now(visit)[1].state, as_now(visit)[1].outcome) == (State.ENDED, outcome)
    reopen_visit(appointment=visit, by=who["by"], now=NOW)
    assert (as_now(visit)[1].state, as_now(visit)[1].outcome) == (State.WAITING, "")


def test_a_call_that_the_desk_completes_was_a_call(visit, who):
    to_phone(appointment=visit, **who)
    complete_visit(appointment=visit, **who)
    assert as_now(visit)[1].outcome == Outcome.COMPLETED_PHONE


def test_a_cancelled_visit_has_no_room(visit, who):
    checked_in(visit)
    cancel_visit(appointment=visit, reason="other", **who)
    assert (as_now(visit)[1].state, as_now(visit)[1].outcome) == (State.CANCELLED, Outcome.CANCELLED)


def test_closing_a_visit_that_never_had_a_room_makes_none(visit, who):
    complete_visit(appointment=visit, **who)
    reopen_visit(appointment=visit, by=who["by"], now=NOW)
    cancel_visit(appointment=visit, reason="other", **who)
    assert not VisitSession.objects.exists()


# --- What those who wait are told ---


def test_how_late_and_who_first(visit, who):
    checked_in(visit)
    say_late(appointment=visit, by=who["by"], minutes=20)
    set_urgent(appointment=visit, by=who["by"], urgent=True)
    session = as_now(visit)[1]
    assert (session.provider_late_minutes, session.is_urgent) == (20, True)
    assert actions_of(visit) == ["coordination.late_said", "coordination.urgent_set"]
    set_urgent(appointment=visit, by=who["by"], urgent=True)
    say_late(appointment=visit, by=who["by"], minutes=0)
    assert as_now(visit)[1].provider_late_minutes is None
    assert len(actions_of(visit)) == 3


def test_a_new_link_goes_once_a_minute(visit, who):
    asked = {"appointment": visit, "by": who["by"]}
    assert text_link(**asked, now=NOW)
    assert not text_link(**asked, now=NOW + timedelta(seconds=20))
    assert text_link(**asked, now=NOW + timedelta(seconds=70))
    assert {message.template_key for message in Message.objects.all()} == {"visit_link"}
    assert Message.objects.count() == 2
