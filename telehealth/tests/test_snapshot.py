"""Place, estimate, lateness and the provider's presence, as each participant may know them."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache

from clinics.tests.factories import ClinicFactory, ProviderFactory
from scheduling.tests.factories import AppointmentFactory, VisitTypeFactory
from telehealth import presence
from telehealth.models import Participant
from telehealth.selectors.queue import turns_of
from telehealth.selectors.snapshot import snapshot
from telehealth.states import ADMITTED, Role, State
from telehealth.tests.factories import ParticipantFactory, SessionFactory

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def minutes(count):
    return timedelta(minutes=count)


@pytest.fixture(autouse=True)
def nobody_is_there():
    cache.clear()


@pytest.fixture
def provider():
    return ProviderFactory(clinics=[ClinicFactory()])


def room(provider, starts_at=TEN, state=State.WAITING, length=30, **given):
    clinic = provider.clinics.get()
    visit_type = VisitTypeFactory(clinic=clinic, providers=[provider], duration=length)
    visit = AppointmentFactory(clinic=clinic, provider=provider, visit_type=visit_type, starts_at=starts_at)
    since = given.pop("arrived_at", starts_at - minutes(10))
    return SessionFactory(appointment=visit, state=state, state_since=since, arrived_at=since, **given)


def seen_by(session, now=TEN, role=Role.PATIENT):
    participant, _made = Participant.objects.get_or_create(session=session, role=role)
    return snapshot(session, participant, now)


def place(session, now=TEN):
    queue = seen_by(session, now)["queue"]
    return queue and (queue["position"], queue["eta_min"], queue["eta_max"])


class TestQueue:
    def test_alone_and_on_time(self, provider):
        assert place(room(provider)) == (1, 1, 2)

    def test_nobody_is_seen_before_the_visit_begins(self, provider):
        assert place(room(provider), now=TEN - minutes(20)) == (1, 15, 25)

    def test_by_the_visits_beginning_and_their_booked_time(self, provider):
        third = room(provider, TEN + minutes(60), arrived_at=TEN - minutes(29))
        first, second = room(provider), room(provider, TEN + minutes(30))
        now = TEN + minutes(61)
        assert [place(each, now)[0] for each in (first, second, third)] == [1, 2, 3]
        assert place(third, now) == (3, 50, 80)  # two visits of 30 minutes ahead

    def test_the_urgent_come_first(self, provider):
        first, urgent = room(provider), room(provider, TEN + minutes(30), is_urgent=True)
        assert place(urgent)[0] == 1 and place(first)[0] == 2

    def test_what_is_left_of_the_visit_under_way_counts(self, provider):
        room(provider, state=State.IN_CALL, admitted_at=TEN + minutes(10))
        mine = room(provider, TEN + minutes(30))
        assert place(mine, TEN + minutes(30)) == (1, 8, 15)  # ten minutes are left
        assert place(mine, TEN + minutes(90)) == (1, 1, 2)  # it takes longer than booked: nobody knows

    def test_said_lateness_counts(self, provider):
        assert place(room(provider, provider_late_minutes=20)) == (1, 15, 25)

    def test_whoever_was_seen_and_sent_back_does_not_wait_for_the_start(self, provider):
        session = room(provider, state=State.ON_HOLD, admitted_at=TEN - minutes(9), provider_late_minutes=20)
        assert place(session, TEN - minutes(8)) == (1, 1, 2)
        assert seen_by(session)["provider"]["late_by"] is None

    def test_another_providers_patients_do_not_count(self, provider):
        other = ProviderFactory(clinics=[provider.clinics.get()])
        room(other)
        assert place(room(provider, TEN + minutes(30)), TEN + minutes(30))[0] == 1

    def test_a_room_left_open_is_forgotten_when_it_closes(self, provider):
        left = room(provider, TEN - timedelta(hours=4))
        mine = room(provider)
        assert [each.pk for each in turns_of(mine, TEN).waiting] == [mine.pk] and left.state == State.WAITING

    @pytest.mark.parametrize("state", [State.SCHEDULED, *sorted(ADMITTED), State.PHONE, State.CANCELLED])
    def test_only_who_waits_has_a_place(self, provider, state):
        assert place(room(provider, state=state)) is None

    def test_the_night_the_clocks_change(self, provider):
        """1:30 AM comes twice in New York on 1 November 2026; the later one is later."""
        later = room(provider, datetime(2026, 11, 1, 6, 30, tzinfo=UTC))
        earlier = room(provider, datetime(2026, 11, 1, 5, 30, tzinfo=UTC))
        now = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
        assert (place(earlier, now)[0], place(later, now)) == (1, (2, 25, 40))


class TestProvider:
    def state(self, session, now=TEN):
        return seen_by(session, now)["provider"]["presence"]

    def test_away_here_and_in_the_call(self, provider):
        session = room(provider)
        seat = ParticipantFactory(session=session, role=Role.PROVIDER)
        assert self.state(session) == "away"
        presence.mark(seat.public_id)
        assert self.state(session) == "here"
        presence.mark(seat.public_id, "call")
        assert self.state(session) == "call"

    def test_with_another_patient(self, provider):
        room(provider, state=State.IN_CALL, admitted_at=TEN)
        assert self.state(room(provider, TEN + minutes(30)), TEN + minutes(30)) == "busy"

    def test_the_desk_is_not_the_provider(self, provider):
        session = room(provider)
        presence.mark(ParticipantFactory(session=session, role=Role.COORDINATOR).public_id)
        assert self.state(session) == "away"

    @pytest.mark.parametrize(
        ("state", "said", "passed", "late"),
        [
            (State.WAITING, None, -5, None),
            (State.WAITING, None, 0, None),
            (State.WAITING, None, 7, 7),
            (State.WAITING, 15, -5, 15),
            (State.WAITING, 15, 20, 20),
            (State.SCHEDULED, None, 9, None),  # it is the patient who is late
            (State.SCHEDULED, 15, 0, 15),
            (State.IN_CALL, 15, 20, None),
        ],
    )
    def test_late(self, provider, state, said, passed, late):
        session = room(provider, state=state, provider_late_minutes=said)
        assert seen_by(session, TEN + minutes(passed))["provider"]["late_by"] == late


class TestAdmitted:
    @pytest.mark.parametrize("role", [Role.PATIENT, Role.GUEST, Role.INTERPRETER])
    @pytest.mark.parametrize("state", State)
    def test_patient_and_guests_come_in_together(self, provider, role, state):
        session = room(provider, state=state, outcome="completed_video" if state == State.ENDED else "")
        assert seen_by(session, role=role)["admitted"] is (state in ADMITTED)

    @pytest.mark.parametrize("role", [Role.PROVIDER, Role.COORDINATOR])
    def test_staff_come_in_at_any_time(self, provider, role):
        assert seen_by(room(provider), role=role)["admitted"]

    def test_not_who_was_asked_out(self, provider):
        session = room(provider, state=State.IN_CALL)
        guest = ParticipantFactory(session=session, role=Role.GUEST, removed_at=TEN)
        assert not snapshot(session, guest, TEN)["admitted"]


def test_the_whole_of_it(provider, django_assert_num_queries):
    session = room(provider, epoch=2)
    patient = ParticipantFactory(session=session)
    with django_assert_num_queries(2):
        said = snapshot(session, patient, TEN)
    assert json.loads(json.dumps(said)) == {
        "state": "waiting",
        "since": "2026-11-24T14:50:00+00:00",
        "admitted": False,
        "over": False,
        "queue": {"position": 1, "eta_min": 1, "eta_max": 2},
        "provider": {"presence": "away", "late_by": None},
        "epoch": 2,
    }
