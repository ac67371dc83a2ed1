"""Booking, moving and cancelling through the one door: everything that belongs together happens, or nothing does."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import UserFactory
from clinics.tests.factories import ClinicFactory, ProviderFactory
from compliance.models import AuditEvent
from coordination.actions import PaymentChoice, cancel_visit, confirm_visit, reschedule_visit
from coordination.tests.scenes import another_provider, book, reachable_patient, reachable_scene
from insurance.models import VisitPayment
from messaging.models import Message
from messaging.states import Status as MessageStatus
from patients.models import AccessLink
from patients.tests.factories import PatientFactory
from scheduling.errors import MoveRefused, NotBookable, PatientBusy, SlotTaken
from scheduling.models import Appointment, AppointmentEvent, BookingResource
from scheduling.states import CancelReason, Status
from scheduling.tests.factories import NOW, TOMORROW_TEN, open_hours
from worklist.actions import open_task
from worklist.models import Task

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
SELF_PAY = PaymentChoice(VisitPayment.Method.SELF_PAY)
STORES = (Appointment, AppointmentEvent, BookingResource, VisitPayment, Message, AccessLink, AuditEvent, Task)
TRANSACTION_CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK")


@pytest.fixture
def announced(monkeypatch) -> list:
    """What open desks are told."""
    told = []
    monkeypatch.setattr("common.live.changed", lambda clinic, *subjects: told.append((clinic, *subjects)))
    return told


def counts() -> dict:
    return {store: store.objects.count() for store in STORES}


def actions_in_the_trail() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("action", flat=True))


def planned(visit: Appointment) -> set[str]:
    rows = Message.objects.filter(subject=visit.subject, status=MessageStatus.PLANNED)
    return set(rows.filter(subject_version=visit.version).values_list("template_key", flat=True))


def cancel(visit: Appointment, **given) -> Appointment:
    values = {"by": None, "by_label": "staff", "now": NOW, "reason": CancelReason.PATIENT_REQUEST} | given
    return cancel_visit(appointment=visit, **values)


def reschedule(visit: Appointment, starts_at, **given) -> Appointment:
    values = {"provider": visit.provider, "by": None, "by_label": "staff", "now": NOW, "audience": "staff"} | given
    return reschedule_visit(appointment=visit, starts_at=starts_at, **values)


class TestBook:
    def test_all_of_it_happens(self, announced):
        scene = reachable_scene()
        elsewhere = ClinicFactory(organization=scene.clinic.organization)
        scene.patient.clinics.set([elsewhere])
        visit = book(scene, by=UserFactory(), payment=SELF_PAY)
        assert scene.clinic in scene.patient.clinics.all()
        assert VisitPayment.objects.get().subject == visit.subject
        assert planned(visit) == {
            "visit_booked",
            "reminder_24h",
            "reminder_2h",
            "follow_up",
        }  # 26 hours ahead: no 72 hours
        assert AccessLink.objects.get().subject == visit.subject
        assert actions_in_the_trail() == ["scheduling.visit_booked", "insurance.visit_payment_set", "messaging.planned"]
        assert announced == [(scene.clinic.public_id, visit.subject)]

    def test_the_texts_name_the_clinic_the_time_and_a_link(self):
        scene = reachable_scene()
        book(scene, reason="Cough")
        [text] = Message.objects.filter(template_key="visit_booked", channel="sms")
        assert "Tuesday, November 24, 10:00 AM EST" in text.body
        assert "/m/" in text.body
        for secret in (scene.patient.first_name, scene.patient.last_name, scene.visit_type.name, "Cough"):
            assert secret not in text.body

    @pytest.mark.parametrize(
        ("given", "error"),
        [
            ({"patient_state": "NJ"}, NotBookable),
            ({"starts_at": TOMORROW_TEN + 9 * HOUR}, NotBookable),
            ({"starts_at": TOMORROW_TEN + HOUR}, SlotTaken),
        ],
    )
    def test_a_refusal_leaves_nothing_behind(self, given, error, announced):
        scene = reachable_scene()
        book(scene, TOMORROW_TEN + HOUR, patient=reachable_patient(scene, 102))
        before = counts()
        announced.clear()
        with pytest.raises(error):
            book(scene, **given | {"payment": SELF_PAY})
        assert counts() == before
        assert announced == []

    def test_a_failure_at_the_end_leaves_nothing_behind(self, monkeypatch):
        scene = reachable_scene()
        before = counts()

        def broken(**_given):
            raise RuntimeError

        monkeypatch.setattr("scheduling.reminders.plan", broken)
        with pytest.raises(RuntimeError):
            book(scene, payment=SELF_PAY)
        assert counts() == before

    def test_a_busy_patient(self):
        scene = reachable_scene()
        book(scene)
        with pytest.raises(PatientBusy):
            book(scene, provider=another_provider(scene))

    def test_the_cost(self):
        scene = reachable_scene()
        with CaptureQueriesContext(connection) as context:
            book(scene, payment=SELF_PAY)
        found = [query["sql"] for query in context if not query["sql"].startswith(TRANSACTION_CONTROL)]
        assert len(found) <= 15, "\n".join(found)


class TestRetry:
    def test_the_same_key_is_the_same_visit(self):
        scene = reachable_scene()
        first = book(scene, idempotency_key="k1")
        before = counts()
        assert book(scene, idempotency_key="k1") == first
        assert counts() == before

    @pytest.mark.parametrize("what", ["moved", "cancelled", "over"])
    def test_also_when_the_visit_is_no_longer_where_it_was(self, what):
        scene = reachable_scene()
        first = book(scene, idempotency_key="k1")
        now = NOW
        if what == "moved":
            reschedule(first, TOMORROW_TEN + HOUR)
        elif what == "cancelled":
            cancel(first)
        else:
            now = TOMORROW_TEN + 2 * HOUR
        assert book(scene, idempotency_key="k1", now=now) == first
        assert Appointment.objects.count() == 1

    def test_another_key_is_another_wish(self):
        scene = reachable_scene()
        book(scene, idempotency_key="k1")
        with pytest.raises(SlotTaken):
            book(scene, idempotency_key="k2")

    def test_a_key_of_another_clinic_tells_nothing(self):
        scene, other = reachable_scene(), reachable_scene()
        book(other, idempotency_key="k1")
        with pytest.raises(Exception, match="idempotency_key"):
            book(scene, idempotency_key="k1")

    def test_no_key_is_never_the_same(self):
        scene = reachable_scene()
        book(scene)
        with pytest.raises(SlotTaken):
            book(scene)


class TestReschedule:
    def test_the_patient_hears_of_the_new_time_only(self, announced):
        scene = reachable_scene()
        visit = book(scene, TOMORROW_TEN + 96 * HOUR)
        assert "reminder_72h" in planned(visit)
        moved = reschedule(visit, TOMORROW_TEN + 97 * HOUR)
        assert planned(moved) == {"visit_moved", "reminder_72h", "reminder_24h", "reminder_2h", "follow_up"}
        assert planned(visit) == set()
        assert announced[-1] == (scene.clinic.public_id, visit.subject)

    def test_the_old_time_stands_when_the_new_one_is_lost(self):
        scene = reachable_scene(start_step=30)
        visit = book(scene)
        book(scene, TOMORROW_TEN + HOUR, patient=reachable_patient(scene, 102))
        before = counts()
        with pytest.raises(SlotTaken):
            reschedule(visit, TOMORROW_TEN + HOUR)
        visit.refresh_from_db()
        assert (visit.starts_at, visit.version) == (TOMORROW_TEN, 1)
        assert counts() == before

    def test_a_double_click_moves_once(self):
        visit = book(reachable_scene())
        moved = reschedule(visit, TOMORROW_TEN + HOUR)
        before = counts()
        assert reschedule(visit, TOMORROW_TEN + HOUR).version == moved.version == 2
        assert counts() == before

    def test_nobody_has_to_chase_the_confirmation_of_the_old_time(self):
        visit = book(reachable_scene())
        task = chase(visit)
        reschedule(visit, TOMORROW_TEN + HOUR)
        task.refresh_from_db()
        assert task.status == Task.Status.DONE

    def test_an_unlicensed_provider_can_not_take_over(self):
        scene = reachable_scene()
        visit = book(scene)
        stranger = ProviderFactory(clinics=[scene.clinic], states=["NJ"])
        scene.visit_type.providers.add(stranger)
        open_hours(scene.clinic, stranger)
        with pytest.raises(NotBookable) as refusal:
            reschedule(visit, visit.starts_at, provider=stranger)
        assert refusal.value.code == "license"


class TestCancel:
    def test_the_time_is_free_and_only_the_cancellation_is_told(self, announced):
        scene = reachable_scene()
        visit = book(scene)
        task = chase(visit)
        done = cancel(visit)
        assert (done.status, done.cancel_reason) == (Status.CANCELLED, CancelReason.PATIENT_REQUEST)
        assert planned(done) - {"visit_booked"} == {"visit_cancelled"}
        task.refresh_from_db()
        assert task.status == Task.Status.DONE
        assert announced[-1] == (scene.clinic.public_id, visit.subject)
        assert book(scene, patient=reachable_patient(scene, 102)).starts_at == visit.starts_at

    def test_twice_is_once(self):
        visit = book(reachable_scene())
        cancel(visit)
        before = counts()
        assert cancel(visit).status == Status.CANCELLED
        assert counts() == before

    def test_patients_cancel_until_the_start(self):
        visit = book(reachable_scene())
        before = counts()
        with pytest.raises(MoveRefused):
            cancel(visit, by_label="patient-link", now=visit.starts_at)
        assert counts() == before


def chase(visit: Appointment) -> Task:
    return open_task(
        clinic=visit.clinic, kind=Task.Kind.UNCONFIRMED, subject=visit.subject, due_at=NOW, now=NOW,
        dedupe_key=f"unconfirmed:{visit.public_id}",
    )  # fmt: skip


def test_a_record_that_was_merged_meanwhile_books_for_the_one_that_counts(db):
    scene = reachable_scene()
    twin = PatientFactory(clinics=[scene.clinic], merged_into=scene.patient)
    assert book(scene, patient=twin).patient == scene.patient


def test_a_patient_of_another_organization_can_not_be_booked():
    scene = reachable_scene()
    with pytest.raises(ValueError, match="belong together"):
        book(scene, patient=PatientFactory())


def test_a_confirmed_visit_that_moves_is_asked_again():
    visit = book(reachable_scene())
    confirm_visit(appointment=visit, by=None, by_label="patient-text", now=NOW)
    assert reschedule(visit, TOMORROW_TEN + HOUR).status == Status.BOOKED
