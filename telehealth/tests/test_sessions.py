"""Every state meets every event; what is refused writes nothing."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from compliance.models import AuditEvent
from scheduling.tests.factories import AppointmentFactory
from telehealth.actions import cancel_session, invite, move, seat, session_of, unseat
from telehealth.errors import StepRefused
from telehealth.models import SessionEvent, VisitSession
from telehealth.seating import is_seated
from telehealth.states import MOVES, REACHES, Event, Outcome, Role, State
from telehealth.tests.factories import SessionFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def step(session, event, **given):
    outcome = Outcome.COMPLETED_VIDEO if event in (Event.FINISH, Event.CANCEL) else ""
    return move(session=session, event=event, by=None, by_label="staff", now=NOW, outcome=outcome, **given)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", Event)
def test_every_event_in_every_state(state, event):
    session = SessionFactory(state=state, outcome="completed_video" if state == State.ENDED else "")
    before = AuditEvent.objects.count()
    expected = MOVES[state].get(event)
    if REACHES.get(event) == state:
        assert step(session, event).state == state
    elif expected is None:
        with pytest.raises(StepRefused):
            step(session, event)
    else:
        assert step(session, event).state == expected
        row = SessionEvent.objects.get()
        assert (row.from_state, row.to_state, row.at) == (state, expected, NOW)
        assert AuditEvent.objects.filter(action=f"telehealth.session_{event}").count() == 1
        return
    assert not SessionEvent.objects.exists() and AuditEvent.objects.count() == before
    assert VisitSession.objects.get().state == state


def test_a_session_is_made_once():
    visit = AppointmentFactory()
    assert session_of(visit).pk == session_of(visit).pk


def test_each_admission_begins_a_new_epoch():
    session = step(SessionFactory(state=State.WAITING), Event.ADMIT)
    assert session.epoch == 1 and session.admitted_at == NOW
    assert step(step(session, Event.HOLD), Event.ADMIT).epoch == 2


def test_a_finished_session_says_how_it_ended():
    session = SessionFactory(state=State.IN_CALL)
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitSession.objects.filter(pk=session.pk).update(state=State.ENDED)


def test_a_cancelled_visit_closes_its_room():
    session = SessionFactory(state=State.WAITING)
    cancel_session(appointment=session.appointment, by=None, by_label="staff", now=NOW, outcome=Outcome.CANCELLED)
    session.refresh_from_db()
    assert (session.state, session.outcome) == (State.CANCELLED, Outcome.CANCELLED)


class TestSeats:
    def test_the_newest_browser_wins(self):
        session = SessionFactory()
        patient, first = seat(session=session, role=Role.PATIENT, now=NOW)
        assert is_seated(patient, first, NOW)
        again, second = seat(session=session, role=Role.PATIENT, now=NOW)
        assert again.pk == patient.pk
        assert is_seated(again, second, NOW) and not is_seated(again, first, NOW)

    def test_a_seat_without_a_browser_belongs_to_nobody(self):
        session = SessionFactory()
        guest, _token = invite(session=session, role=Role.GUEST, name="Eva", by=None, now=NOW)
        assert not is_seated(guest, "", NOW)

    def test_who_was_asked_out_stays_out(self):
        session = SessionFactory()
        guest, _token = invite(session=session, role=Role.GUEST, name="Eva", by=None, now=NOW)
        guest, secret = seat(session=session, role=Role.GUEST, now=NOW, participant=guest)
        unseat(participant=guest, by=None, now=NOW)
        guest.refresh_from_db()
        assert not is_seated(guest, secret, NOW)
        assert guest.invites.get().revoked_at == NOW

    @pytest.mark.parametrize("role", [Role.PATIENT, Role.PROVIDER])
    def test_only_guests_and_interpreters_are_invited(self, role):
        with pytest.raises(ValueError, match="invited"):
            invite(session=SessionFactory(), role=role, name="", by=None, now=NOW)
