"""What the server makes of a call: figures and moves that no page is left to report."""

from datetime import timedelta

import pytest
from django.utils import timezone

from telehealth import presence
from telehealth.actions import calls
from telehealth.models import RoomMessage
from telehealth.presenters import call_context
from telehealth.selectors import chat
from telehealth.states import Role, State
from telehealth.tests.factories import ParticipantFactory, SessionFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def since(minutes: float, state: State):
    return SessionFactory(state=state, state_since=NOW - timedelta(minutes=minutes), admitted_at=NOW)


@pytest.mark.parametrize(
    ("state", "minutes", "after"),
    [
        (State.CONNECTING, 0.9, State.CONNECTING),
        (State.CONNECTING, 1, State.TROUBLE),
        (State.IN_CALL, 0.4, State.IN_CALL),
        (State.IN_CALL, 1, State.INTERRUPTED),
        (State.INTERRUPTED, 4.9, State.INTERRUPTED),
        (State.INTERRUPTED, 5, State.WAITING),
        (State.TROUBLE, 60, State.TROUBLE),
        (State.WAITING, 60, State.WAITING),
    ],
)
def test_calls_without_pages_move_on_once(state, minutes, after):
    session = since(minutes, state)
    assert calls.sweep_calls(now=NOW) == (state != after)
    session.refresh_from_db()
    assert session.state == after
    assert calls.sweep_calls(now=NOW) == 0


def test_a_call_that_somebody_is_in_goes_on():
    session = since(10, State.IN_CALL)
    presence.mark(ParticipantFactory(session=session).public_id, "call")
    assert calls.sweep_calls(now=NOW) == 0


def test_a_call_has_room_for_four():
    session = since(1, State.IN_CALL)
    people = [ParticipantFactory(session=session, role=role) for role in (Role.PATIENT, *[Role.GUEST] * 4)]
    for each in people[:3]:
        presence.mark(each.public_id, "call")
    presence.mark(people[3].public_id, "here")
    assert calls.join_call(participant=people[3], now=NOW)
    presence.mark(people[3].public_id, "call")
    assert not calls.join_call(participant=people[4], now=NOW)
    people[4].refresh_from_db()
    assert people[4].joined_at is None


class TestChat:
    def test_only_while_the_patient_is_in_the_call(self):
        patient = ParticipantFactory(session=since(1, State.WAITING))
        assert calls.say(participant=patient, text="Hello?", now=NOW) is None
        assert not RoomMessage.objects.exists()

    def test_the_newest_fifty_in_their_order(self):
        session = since(1, State.IN_CALL)
        patient = ParticipantFactory(session=session)
        for number in range(52):
            calls.say(participant=patient, text=str(number), now=NOW + timedelta(seconds=number))
        assert [each["text"] for each in chat.lines_of(session)] == [str(number) for number in range(2, 52)]

    def test_empty_and_endless_texts(self):
        patient = ParticipantFactory(session=since(1, State.IN_CALL))
        assert calls.say(participant=patient, text="  \n", now=NOW) is None
        kept = calls.say(participant=patient, text="x" * 5000, now=NOW)
        assert len(kept.body) == calls.LONGEST_TEXT


@pytest.mark.parametrize(
    ("role", "query", "alone"),
    [(Role.PATIENT, "", True), (Role.PROVIDER, "?as=staff", True), (Role.COORDINATOR, "?as=staff", False)],
)
def test_who_joins_how(role, query, alone):
    seat = ParticipantFactory(role=role)
    shown = call_context(seat.session, seat)
    assert shown["socket"] == f"/ws/visit/{seat.session.public_id}/{query}"
    assert shown["joins_alone"] is alone
