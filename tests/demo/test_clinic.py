"""What somebody finds who starts the demo around noon."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, F
from django.utils import timezone

from accounts.permissions import Role
from clinics.models import Clinic, License, Membership, Organization, Provider
from common.phone import display
from common.timeutil import day_bounds
from config.demo import PASSWORD
from messaging.models import Conversation, InboundMessage, Message
from messaging.states import Status as MessageStatus
from patients.models import ConsentRecord, ContactPoint, Patient
from scheduling.models import Appointment, BookingResource, VisitType
from scheduling.states import LIVE, MOVES, Status
from worklist.models import Task

from .conftest import NOON

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("noon")]

Seen = dict[str, list]


@pytest.fixture(scope="module")
def seen(seeded) -> Seen:
    """What an earlier start at the same moment showed."""
    with seeded(NOON):
        return snapshot()


@pytest.fixture(scope="module")
def noon(seeded, seen) -> Iterator[datetime]:
    """The demo started at ten past noon at the first clinic, for all tests here."""
    with seeded(NOON):
        yield NOON


def snapshot() -> Seen:
    """What a person would notice; keys and random public ids differ."""
    visits = Appointment.objects.order_by("starts_at", "provider__name", "patient__last_name", "patient__first_name")
    return {
        "visits": list(
            visits.values_list(
                "starts_at", "ends_at", "status", "clinic__slug", "provider__name", "visit_type__name",
                "patient__first_name", "patient__last_name", "patient__birth_date", "patient__state", "booked_at",
            )
        ),
        "reasons": [visit.reason for visit in visits],
        "licenses": list(License.objects.order_by("pk").values_list("provider__name", "state", "valid_until")),
        "contacts": sorted(point.value for point in ContactPoint.objects.all()),
    }  # fmt: skip


def test_it_is_the_same_every_time(seen):
    assert len(seen["visits"]) > 500
    assert snapshot() == seen


def test_it_is_written_only_into_an_empty_database():
    before = Appointment.objects.count()
    with pytest.raises(CommandError, match="data already"):
        call_command("seed_demo")
    assert Appointment.objects.count() == before
    assert Organization.objects.count() == 1


def test_clinics_providers_and_patients():
    assert Clinic.objects.count() == 3
    assert Clinic.objects.values("time_zone").distinct().count() == 2
    assert Provider.objects.count() == 12
    assert Patient.objects.count() == 400
    assert not Patient.objects.filter(clinics=None).exists()
    per_provider = License.objects.values("provider").annotate(states=Count("state", distinct=True))
    assert sum(row["states"] > 1 for row in per_provider) >= 6, "licenses in several states"


def test_no_two_patients_share_a_name():
    assert Patient.objects.values("first_name", "last_name").distinct().count() == 400


def test_nobody_real_can_be_reached():
    """Exchange 555 with 0100–0199 and example.com are set aside for fiction."""
    values = {kind: [] for kind in ContactPoint.Kind.values}
    for point in ContactPoint.objects.all():
        values[point.kind].append(point.value)
    mobiles, emails = values[ContactPoint.Kind.MOBILE], values[ContactPoint.Kind.EMAIL]
    assert len(mobiles) == len(emails) == len(set(mobiles)) == 400
    assert [number for number in mobiles if not re.fullmatch(r"\+1\d{3}55501\d\d", number)] == []
    assert [address for address in emails if not address.endswith("@example.com")] == []
    assert [clinic.phone for clinic in Clinic.objects.all() if "555-01" not in display(clinic.phone)] == []


def test_everybody_agreed_to_be_reached():
    agreed = ConsentRecord.objects.filter(granted=True, topic=ConsentRecord.Topic.TEXTS)
    assert agreed.values("patient").distinct().count() == 400


def test_every_role_can_sign_in(client):
    roles = set(Membership.objects.values_list("role", flat=True))
    assert roles == set(Role.values)
    for membership in Membership.objects.select_related("user").distinct("role").order_by("role"):
        assert membership.user.check_password(PASSWORD), membership.user.email


def test_every_state_occurs():
    found = Counter(Appointment.objects.values_list("status", flat=True))
    assert set(found) == set(Status.values)


def test_every_visit_that_patients_book_has_a_price(noon):
    offered = VisitType.objects.for_patients()
    assert offered.exists() and not offered.filter(self_pay_price=None).exists()


def test_two_weeks_either_way(noon):
    days = {(visit.starts_at - noon).days for visit in Appointment.objects.all()}
    assert min(days) <= -13
    assert max(days) >= 13


def test_the_first_clinic_has_about_twenty_visits_today(noon):
    clinic = Clinic.objects.order_by("pk").first()
    start, end = day_bounds(noon.date(), clinic.zone)
    today = Appointment.objects.filter(clinic=clinic, starts_at__gte=start, starts_at__lt=end)
    states = Counter(today.values_list("status", flat=True))
    assert 16 <= today.count() <= 22
    assert states.keys() >= {Status.BOOKED, Status.CONFIRMED, Status.COMPLETED}
    assert states[Status.ARRIVED] + states[Status.IN_VISIT] > 0, "somebody is waiting or being seen right now"


def test_what_is_over_is_past_and_what_is_open_lies_ahead(noon):
    over = Appointment.objects.filter(status__in=[Status.COMPLETED, Status.NO_SHOW])
    assert not over.filter(starts_at__gt=noon).exists()
    assert not Appointment.objects.filter(status__in=[Status.BOOKED, Status.CONFIRMED], starts_at__lte=noon).exists()
    assert not Appointment.objects.filter(booked_at__gte=F("starts_at")).exists()


def test_history_tells_the_same_as_the_visits():
    """Every visit's events lead, by moves that are allowed, to the state it is in."""
    for visit in Appointment.objects.prefetch_related("events"):
        state = ""
        for event in sorted(visit.events.all(), key=lambda row: row.pk):
            assert event.from_status == state
            assert state == "" or MOVES[state][event.event] == event.to_status
            state = event.to_status
        assert state == visit.status


def test_no_visit_is_booked_without_its_time():
    """`take` says by its answer that a time is gone; a demo that ignored it would show double bookings."""
    live = Appointment.objects.filter(status__in=LIVE)
    taken = BookingResource.objects.filter(live=True).values("appointment").annotate(rows=Count("pk"))
    assert {row["appointment"]: row["rows"] for row in taken} == dict.fromkeys(live.values_list("pk", flat=True), 2)


@pytest.mark.parametrize("whose", ["provider_id", "patient_id"])
def test_nobody_is_in_two_visits_at_once(whose):
    assert overlaps(whose) == 0


def overlaps(whose: str) -> int:
    """Pairs of visits of one provider or patient at the same time, cancelled ones aside."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM scheduling_appointment a JOIN scheduling_appointment b ON a.id < b.id"  # noqa: S608
            f" AND a.{whose} = b.{whose} AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
            f" WHERE 'cancelled' NOT IN (a.status, b.status)"
        )
        return cursor.fetchone()[0]


def test_every_provider_is_licensed_where_the_patient_will_be():
    for visit in Appointment.objects.prefetch_related("provider__licenses"):
        assert visit.patient_state in {license.state for license in visit.provider.licenses.all()}


def test_messages_went_both_ways(noon):
    delivered = Message.objects.filter(status=MessageStatus.DELIVERED)
    assert delivered.count() > 20
    assert not delivered.filter(sent_at__gt=noon).exists()
    assert Message.objects.filter(status=MessageStatus.PLANNED, due_at__gt=noon).count() > 20
    assert InboundMessage.objects.count() == 4


def test_questions_wait_for_an_answer():
    waiting = Conversation.objects.filter(state=Conversation.State.OPEN, unread_count__gt=0)
    assert waiting.count() >= 3
    assert waiting.filter(language="es").exists() or Patient.objects.filter(language="es").exists()


def test_tasks_are_open(noon):
    tasks = Task.objects.filter(kind=Task.Kind.MANUAL)
    assert tasks.count() == 2
    assert tasks.filter(due_at__lt=noon).count() == 1, "one is overdue"
    assert not tasks.filter(due_at__gt=noon + timedelta(days=1)).exists()


def test_the_clock_of_the_machine_is_not_stopped(noon):
    """The demo is written at its own hour; the tests go on in theirs."""
    assert abs(timezone.now() - noon) > timedelta(minutes=1)
