"""The live board: who is on it, what it says, in which order, and at which cost."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from accounts.permissions import Role as StaffRole
from clinics.tests.factories import MembershipFactory, ProviderFactory
from compliance.models import AuditEvent
from coordination.presenters.live import LiveReader, live_bands, live_row
from coordination.selectors.live import live_visits
from coordination.tests.rooms import checked_in, here, room_of, visit_now
from scheduling.states import Status
from telehealth import presence
from telehealth.models import DeviceCheck, Incident, QualityWindow, VisitSession
from telehealth.states import Role, State

pytestmark = pytest.mark.django_db
ALL = frozenset(Permission)
LIVE = "/desk/live/"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def rows(scene, coordinator):
    """rows(): the board's rows as the coordinator sees them now, by visit."""

    def read():
        at = timezone.now()
        reader = LiveReader(now=at, zone=scene.clinic.zone, held=ALL)
        return {found.visit.pk: live_row(found, reader) for found in live_visits(coordinator, scene.clinic, at)}

    return read


def in_call(visit, *, since=None):
    session = room_of(visit, State.IN_CALL, since=since or timezone.now(), admitted_at=timezone.now())
    return session, here(session, Role.PATIENT, "call"), here(session, Role.PROVIDER, "call")


def report(seat, level="good", *, seconds_ago=5, cause=""):
    at = timezone.now() - timedelta(seconds=seconds_ago)
    return QualityWindow.objects.create(participant=seat, at=at, level=level, cause=cause)


# --- Who is on it ---


@pytest.mark.parametrize(
    ("minutes", "status", "shown"),
    [
        (29, Status.BOOKED, True),
        (32, Status.BOOKED, False),
        (-60, Status.CONFIRMED, True),
        (-160, Status.CONFIRMED, False),  # over for two hours
        (-300, Status.IN_VISIT, True),
        (-13 * 60, Status.IN_VISIT, False),  # forgotten
        (-10, Status.COMPLETED, False),
        (-10, Status.NO_SHOW, False),
        (5, Status.CANCELLED, False),
    ],
)
def test_here_or_due_now(scene, rows, minutes, status, shown):
    visit = visit_now(scene, minutes=minutes, status=status)
    assert (visit.pk in rows()) is shown


def test_who_waits_is_shown_however_early(scene, rows):
    visit = visit_now(scene, minutes=90)
    room_of(visit, State.WAITING)
    assert visit.pk in rows()


def test_other_clinics_and_other_providers_visits_are_not(scene, client, stranger):
    mine_user = MembershipFactory(clinic=scene.clinic, role=StaffRole.PROVIDER).user
    mine = visit_now(scene, provider=ProviderFactory(clinics=[scene.clinic], user=mine_user))
    other = visit_now(scene)
    client.force_login(mine_user)
    page = client.get(LIVE).content.decode()
    assert mine.public_id in page and other.public_id not in page
    client.force_login(stranger)
    assert mine.public_id not in client.get(LIVE).content.decode()


# --- What it says ---


def test_a_patient_who_waits(scene, rows):
    visit = visit_now(scene, minutes=10)
    checked_in(visit, at=timezone.now() - timedelta(minutes=7))
    row = rows()[visit.pk]
    assert (row.state.words, row.minutes, row.patient_here.words, row.provider_here.words) == (
        "Waiting", 7, "here", "away",
    )  # fmt: skip
    assert (row.needs, row.band, row.step.event) == ("", "waiting", "admit")


def test_the_minutes_of_a_wait_run_on_through_a_break(scene, rows):
    visit = visit_now(scene, minutes=10)
    session = checked_in(visit, at=timezone.now() - timedelta(minutes=9))
    VisitSession.objects.filter(pk=session.pk).update(state_since=timezone.now())
    assert rows()[visit.pk].minutes == 9


def needs_of(rows, visit):
    row = rows()[visit.pk]
    return row.needs, row.band


def test_a_provider_who_is_late(scene, rows):
    visit = visit_now(scene, minutes=-3)
    session = checked_in(visit)
    assert needs_of(rows, visit) == ("Waits, and the provider is not here", "needs")
    VisitSession.objects.filter(pk=session.pk).update(provider_late_minutes=10)
    assert needs_of(rows, visit) == ("", "waiting")
    assert rows()[visit.pk].provider_here.words == "10 min late"
    here(session, Role.PROVIDER)
    assert rows()[visit.pk].provider_here.words == "here"


def test_a_page_that_fell_silent(scene, rows):
    visit = visit_now(scene, minutes=10)
    session = checked_in(visit)
    presence.clear(session.participants.get(role=Role.PATIENT).public_id)
    assert needs_of(rows, visit) == ("The patient's page is lost", "needs")
    VisitSession.objects.filter(pk=session.pk).update(text_when_ready=True)
    assert needs_of(rows, visit) == ("", "waiting")


@pytest.mark.parametrize(("minutes", "needs"), [(-9, ""), (-10, "Not here yet: call the patient")])
def test_a_patient_who_is_late(scene, rows, minutes, needs):
    visit = visit_now(scene, minutes=minutes)
    assert rows()[visit.pk].needs == needs
    assert rows()[visit.pk].state.words == "Late"


@pytest.mark.parametrize("state", [State.TROUBLE, State.INTERRUPTED])
def test_a_call_in_trouble(scene, rows, state):
    visit = visit_now(scene, status=Status.IN_VISIT)
    room_of(visit, state)
    row = rows()[visit.pk]
    assert (row.band, row.state.kind) == ("needs", "problem")


def test_both_sides_of_a_call(scene, rows):
    visit = visit_now(scene, status=Status.IN_VISIT)
    _session, patient, provider = in_call(visit)
    report(patient, "fair", cause="upload")
    report(provider, "poor", seconds_ago=20)
    report(provider, "good")
    row = rows()[visit.pk]
    assert (row.patient_line.words, row.patient_line.cause, row.patient_line.kind) == (
        "Fair", "slow upload", "attention",
    )  # fmt: skip
    assert (row.provider_line.words, row.provider_line.kind, row.needs, row.band) == ("Good", "ready", "", "seen")


@pytest.mark.parametrize(("seconds", "words"), [(39, "Good"), (42, "Lost")])
def test_an_old_report_is_none(scene, rows, seconds, words):
    visit = visit_now(scene, status=Status.IN_VISIT)
    _session, patient, provider = in_call(visit, since=timezone.now() - timedelta(minutes=5))
    report(patient, seconds_ago=seconds)
    report(provider)
    row = rows()[visit.pk]
    assert row.patient_line.words == words
    assert bool(row.needs) == (words == "Lost")


def test_a_call_that_just_began_has_no_report_yet(scene, rows):
    visit = visit_now(scene, status=Status.IN_VISIT)
    in_call(visit)
    row = rows()[visit.pk]
    assert (row.patient_line, row.provider_line, row.needs) == (None, None, "")


def test_the_newest_device_test_counts(scene, rows, now):
    visit = visit_now(scene, minutes=20)
    session = room_of(visit)
    assert rows()[visit.pk].device.words == "not tested"
    DeviceCheck.objects.create(session=session, at=now - timedelta(hours=2), result="pass")
    DeviceCheck.objects.create(session=session, at=now, result="fail", causes=["camera_blocked", "slow"])
    row = rows()[visit.pk]
    assert (row.device.words, row.device.cause, row.device.kind) == ("Does not work", "camera blocked", "problem")
    assert row.needs == "The device test failed: call before it starts"


# --- In which order ---


def test_who_needs_a_person_comes_first(scene, rows, coordinator, now):
    due = visit_now(scene, minutes=20)
    short = visit_now(scene, minutes=6)
    checked_in(short, at=now - timedelta(minutes=2))
    long = visit_now(scene, minutes=8)
    checked_in(long, at=now - timedelta(minutes=12))
    late = visit_now(scene, minutes=-5)
    checked_in(late, at=now - timedelta(minutes=6))
    urgent = visit_now(scene, minutes=9)
    VisitSession.objects.filter(pk=checked_in(urgent, at=now).pk).update(is_urgent=True)
    hurt = visit_now(scene, status=Status.IN_VISIT)
    session, _patient, _provider = in_call(hurt)
    Incident.objects.create(session=session, at=now, by=coordinator, body="Fell.")
    bands = live_bands(list(rows().values()))
    order = [row.public_id for band in bands for row in band.rows]
    assert order == [visit.public_id for visit in (hurt, late, urgent, long, short, due)]
    assert [band.key for band in bands] == ["needs", "waiting", "due"]


# --- Pages ---


def test_the_board_is_written_down_with_everybody_on_it(desk, scene):
    visits = [visit_now(scene, minutes=number) for number in range(3)]
    desk.get(LIVE)
    seen = AuditEvent.objects.get(subject="page:live")
    assert sorted(seen.patient_ids) == sorted(visit.patient.public_id for visit in visits)
    desk.get(reverse("coordination:live_rows"), {"ids": visits[0].public_id})
    assert AuditEvent.objects.latest("pk").patient_id == visits[0].patient.public_id


def test_rows_that_changed_and_rows_that_are_gone(desk, scene):
    visit, gone = visit_now(scene), visit_now(scene, status=Status.COMPLETED)
    checked_in(visit)
    news = desk.get(reverse("coordination:live_rows"), {"ids": f"{visit.public_id},{gone.public_id}"}).json()
    assert news["gone"] == [gone.public_id]
    (row,) = news["rows"]
    assert (row["id"], row["band"]) == (visit.public_id, "waiting")
    assert f'id="visit-{visit.public_id}"' in row["html"] and "Admit" in row["html"]
    assert 'id="counters"' in news["counters"]


def test_sixty_visits_on_one_page_cost_no_more_queries_than_one(desk, scene, django_assert_max_num_queries):
    for number in range(60):
        visit = visit_now(scene, minutes=number % 30)
        session = checked_in(visit) if number % 3 else in_call(visit)[0]
        if not number % 3:
            report(session.participants.get(role=Role.PATIENT))
    with django_assert_max_num_queries(18):
        page = desk.get(LIVE).content.decode()
    assert page.count("data-visit=") == 60


def test_an_empty_board_says_so(desk):
    page = desk.get(LIVE).content.decode()
    assert "Nobody is here, and nobody is due" in page


def test_the_desks_own_row_offers_to_admit_who_waits_in_the_room(desk, scene):
    waits, seen = visit_now(scene), visit_now(scene, status=Status.IN_VISIT)
    checked_in(waits)
    in_call(seen)
    page = desk.get("/desk/").content.decode()
    assert f'formaction="/desk/visits/{waits.public_id}/admit/"' in page
    assert f'href="/desk/visits/{seen.public_id}/room/" data-leaves' in page
