"""Every state and every event: what is allowed leads where the table says, everything else changes nothing."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from compliance.models import AuditEvent
from scheduling import actions
from scheduling.actions.history import AUDIT_ACTIONS
from scheduling.errors import MoveRefused, PatientBusy, SlotTaken
from scheduling.models import Appointment, AppointmentEvent, BookingResource
from scheduling.states import LIVE, MOVES, PATIENT_DOORS, CancelReason, Event, Status, already
from scheduling.tests.factories import AppointmentFactory, open_clinic

pytestmark = pytest.mark.django_db

VERBS = {
    Event.CONFIRM: actions.confirm,
    Event.UNCONFIRM: actions.unconfirm,
    Event.ARRIVE: actions.arrive,
    Event.START: actions.start,
    Event.COMPLETE: actions.complete,
    Event.NO_SHOW: actions.mark_no_show,
    Event.CANCEL: actions.cancel,
    Event.REOPEN: actions.reopen,
    Event.INTERPRETER: actions.arrange_interpreter,
}
PAIRS = [(status, event) for status in Status for event in Event if event not in {Event.BOOK, Event.MOVE}]
STAMP_OF = {
    Status.CONFIRMED: "confirmed_at",
    Status.ARRIVED: "arrived_at",
    Status.IN_VISIT: "started_at",
    Status.COMPLETED: "closed_at",
    Status.NO_SHOW: "closed_at",
    Status.CANCELLED: "closed_at",
}


def during(visit: Appointment):
    return visit.starts_at + timedelta(minutes=10)


def fire(event: Event, visit: Appointment, *, now=None, by=None, by_label="staff") -> Appointment:
    extra = {"reason": CancelReason.CANNOT_ATTEND, "note": "Called"} if event == Event.CANCEL else {}
    return VERBS[event](appointment=visit, by=by, by_label=by_label, now=now or during(visit), **extra)


def holds_time(visit: Appointment) -> bool:
    live = BookingResource.objects.filter(appointment=visit, live=True)
    wanted = {f"provider:{visit.provider_id}", f"patient:{visit.patient_id}"}
    resources = set(live.values_list("resource", flat=True))
    assert resources in (set(), wanted)
    return bool(resources)


def test_every_event_has_a_verb_and_a_name_in_the_trail():
    assert set(VERBS) | {Event.BOOK, Event.MOVE} == set(Event)
    assert set(AUDIT_ACTIONS) == set(Event)
    assert set(MOVES) == set(Status)


@pytest.mark.parametrize(("status", "event"), PAIRS)
def test_every_state_meets_every_event(status, event):
    visit, user = AppointmentFactory(status=status), UserFactory()
    target = MOVES[status].get(event)
    if already(status, event):
        assert fire(event, visit, by=user).status == status
        assert unchanged(visit, status)
    elif target is None:
        with pytest.raises(MoveRefused) as refusal:
            fire(event, visit, by=user)
        assert (refusal.value.event, refusal.value.status) == (event, status)
        assert unchanged(visit, status)
    else:
        done = fire(event, visit, by=user)
        assert done == Appointment.objects.get(pk=visit.pk)
        assert done.status == target
        assert holds_time(done) == (target in LIVE)
        assert_written(done, event, status, user)


def unchanged(visit: Appointment, status: str) -> bool:
    assert Appointment.objects.filter(pk=visit.pk).values().get() == {
        field.attname: getattr(visit, field.attname) for field in Appointment._meta.concrete_fields
    }
    assert not AppointmentEvent.objects.exists()
    assert not AuditEvent.objects.exists()
    assert holds_time(visit) == (status in LIVE)
    return True


def assert_written(visit: Appointment, event: Event, before: str, user) -> None:
    row = AppointmentEvent.objects.get()
    assert (row.event, row.from_status, row.to_status, row.at) == (event, before, visit.status, during(visit))
    assert (row.by, row.by_label, row.version) == (user, "staff", 1)
    trail = AuditEvent.objects.get()
    assert trail.action == AUDIT_ACTIONS[event]
    assert (trail.actor_id, trail.patient_id) == (user.public_id, visit.patient.public_id)
    assert (trail.clinic_id, trail.subject) == (visit.clinic.public_id, f"visit:{visit.public_id}")


@pytest.mark.parametrize("path", [
    [Event.CONFIRM, Event.ARRIVE, Event.START, Event.COMPLETE],
    [Event.ARRIVE, Event.START, Event.COMPLETE],
    [Event.CONFIRM, Event.NO_SHOW],
    [Event.CANCEL],
])  # fmt: skip
def test_each_step_notes_its_time(path):
    visit = AppointmentFactory()
    for minute, event in enumerate(path):
        now = during(visit) + timedelta(minutes=minute)
        visit = fire(event, visit, now=now)
        assert getattr(visit, STAMP_OF[visit.status]) == now


def test_setting_back_forgets_what_did_not_happen():
    visit = AppointmentFactory()
    for event in (Event.CONFIRM, Event.ARRIVE, Event.START, Event.COMPLETE):
        visit = fire(event, visit)
    visit = fire(Event.REOPEN, visit)
    assert visit.status == Status.ARRIVED
    assert visit.confirmed_at and visit.arrived_at
    assert (visit.started_at, visit.closed_at) == (None, None)
    visit = fire(Event.REOPEN, visit)
    assert visit.status == Status.CONFIRMED
    assert (visit.arrived_at, visit.started_at) == (None, None)


def test_a_cancellation_keeps_reason_and_note_and_the_trail_only_the_code():
    visit = fire(Event.CANCEL, AppointmentFactory())
    assert visit.cancel_reason == CancelReason.CANNOT_ATTEND
    event = AppointmentEvent.objects.get()
    assert (event.reason, event.note) == (CancelReason.CANNOT_ATTEND, "Called")
    assert AuditEvent.objects.get().detail["reason"] == CancelReason.CANNOT_ATTEND
    assert "Called" not in str(AuditEvent.objects.values().get())


def test_an_interpreter_can_be_arranged_again():
    visit = fire(Event.INTERPRETER, AppointmentFactory())
    later = during(visit) + timedelta(minutes=5)
    assert fire(Event.INTERPRETER, visit, now=later).interpreter_arranged_at == later


@pytest.mark.parametrize("event", [Event.REOPEN, Event.ARRIVE])
@pytest.mark.parametrize(("whose", "error"), [("provider", SlotTaken), ("patient", PatientBusy)])
def test_a_closed_visit_can_not_come_back_over_another(event, whose, error):
    closed = AppointmentFactory(status=Status.NO_SHOW)
    AppointmentFactory(**{whose: getattr(closed, whose)})
    with pytest.raises(error):
        fire(event, closed)
    closed.refresh_from_db()
    assert closed.status == Status.NO_SHOW
    assert not holds_time(closed)
    assert not AuditEvent.objects.exists()


class TestWhen:
    @pytest.mark.parametrize("by_label", sorted(PATIENT_DOORS))
    @pytest.mark.parametrize("event", [Event.CONFIRM, Event.CANCEL])
    def test_patients_answer_until_the_visit_starts(self, by_label, event):
        visit = AppointmentFactory()
        with pytest.raises(MoveRefused):
            fire(event, visit, now=visit.starts_at, by_label=by_label)
        fire(event, visit, now=visit.starts_at - timedelta(seconds=1), by_label=by_label)

    @pytest.mark.parametrize("event", [Event.CONFIRM, Event.CANCEL])
    def test_staff_may_later(self, event):
        visit = AppointmentFactory()
        fire(event, visit, now=visit.ends_at)

    def test_nobody_is_a_no_show_before_the_start(self):
        visit = AppointmentFactory()
        with pytest.raises(MoveRefused):
            fire(Event.NO_SHOW, visit, now=visit.starts_at - timedelta(seconds=1))
        assert fire(Event.NO_SHOW, visit, now=visit.starts_at).status == Status.NO_SHOW


def test_a_time_given_back_can_be_booked():
    scene = open_clinic()
    first = scene.book()
    fire(Event.CANCEL, first)
    second = scene.book()
    assert second.starts_at == first.starts_at


def test_statements(django_assert_max_num_queries):
    visit = AppointmentFactory()
    with django_assert_max_num_queries(7):  # two of them for the savepoint
        fire(Event.CANCEL, visit)
