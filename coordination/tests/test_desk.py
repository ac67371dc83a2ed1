"""The board's page, its fragments, its lists."""

import json

import pytest
from django.db import connection
from django.urls import reverse

from accounts.permissions import Role
from clinics.tests.factories import MembershipFactory, ProviderFactory
from compliance.models import AuditEvent
from coordination.selectors.board import board
from coordination.tests.moments import tomorrow_at
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment, BookingResource
from scheduling.states import Status
from scheduling.tests.factories import AppointmentFactory

pytestmark = pytest.mark.django_db
URL = "/desk/?day=tomorrow"
MOST_QUERIES = 12


@pytest.fixture
def visit(scene):
    return AppointmentFactory(
        clinic=scene.clinic, patient=scene.patient, visit_type=scene.visit_type, provider=scene.provider,
        starts_at=tomorrow_at(scene.clinic, 10),
    )  # fmt: skip


def many(scene, count: int) -> None:
    """Visits in bulk: what matters is how many rows the page reads."""
    patients = [PatientFactory(clinics=[scene.clinic]) for _ in range(5)]
    start = tomorrow_at(scene.clinic, 10)
    Appointment.objects.bulk_create(
        AppointmentFactory.build(
            clinic=scene.clinic, patient=patients[number % 5], visit_type=scene.visit_type, provider=scene.provider,
            starts_at=start, patient_state="NY",
        )
        for number in range(count)
    )  # fmt: skip


def test_the_board_shows_the_day(desk, visit):
    html = desk.get(URL).content.decode()
    assert visit.patient.display_name in html
    assert "all times Eastern Time" in html
    assert f'href="/desk/visits/{visit.public_id}/?panel=confirm"' in html


def test_five_hundred_visits_cost_as_many_queries_as_five(desk, scene, django_assert_max_num_queries):
    many(scene, 5)
    desk.get(URL)
    with django_assert_max_num_queries(MOST_QUERIES) as few:
        desk.get(URL)
    many(scene, 495)
    with django_assert_max_num_queries(MOST_QUERIES) as lots:
        response = desk.get(URL)
    assert response.content.count(b'data-visit="') == 500
    assert len(lots) == len(few)


def test_what_five_hundred_rows_weigh(desk, scene):
    """Icons are drawn once, menus on demand: more than 2 KiB a row would be felt on every change of filter."""
    many(scene, 500)
    html = desk.get(URL).content.decode()
    assert len(html) < 500 * 2 * 1024
    row = html[html.index('<tr role="row" id="visit-') : html.index("</tr>", html.index("data-visit="))]
    assert "<!-- rows" not in html and "<path" not in row and row.count("<use ") >= 3


def test_showing_the_board_is_written_down_with_its_patients(desk, visit, coordinator):
    desk.get(URL)
    event = AuditEvent.objects.get(action="page.viewed", subject="page:desk")
    assert (event.actor_id, event.patient_id) == (coordinator.public_id, visit.patient.public_id)


def test_another_clinic_is_out_of_reach(client, stranger, visit):
    client.force_login(stranger)
    assert client.get(f"{URL}&clinic={visit.clinic.public_id}").status_code == 404
    assert visit.patient.last_name not in client.get(URL).content.decode()


def test_a_provider_sees_own_visits_only(client, scene, visit):
    user = MembershipFactory(clinic=scene.clinic, role=Role.PROVIDER).user
    ProviderFactory(clinics=[scene.clinic], user=user)
    client.force_login(user)
    assert visit.patient.last_name not in client.get(URL).content.decode()
    scene.provider.user = None
    own = AppointmentFactory(clinic=scene.clinic, provider=user.provider, starts_at=tomorrow_at(scene.clinic, 11))
    assert own.patient.last_name in client.get(URL).content.decode()


def test_an_administrator_has_no_desk(client, clinic):
    client.force_login(MembershipFactory(clinic=clinic, role=Role.ADMIN).user)
    assert client.get("/desk/").status_code == 403


def test_the_chosen_clinic_is_remembered(client, coordinator, clinic):
    other = MembershipFactory(user=coordinator, role=Role.COORDINATOR).clinic
    client.force_login(coordinator)
    client.get(f"/desk/?clinic={other.public_id}")
    assert client.get("/desk/").context["clinic"] == other


def test_changed_rows_come_with_the_counters(desk, visit):
    response = desk.get(f"/desk/rows/?day=tomorrow&ids={visit.public_id},unknown")
    news = json.loads(response.content)
    assert [(row["id"], row["band"]) for row in news["rows"]] == [(visit.public_id, "rest")]
    assert news["gone"] == ["unknown"]
    assert 'id="counters"' in news["counters"]


def test_a_row_that_left_the_filter_is_gone(desk, visit):
    Appointment.objects.update(status=Status.CONFIRMED)
    news = json.loads(desk.get(f"/desk/rows/?day=tomorrow&show=unconfirmed&ids={visit.public_id}").content)
    assert (news["rows"], news["gone"]) == ([], [visit.public_id])


@pytest.mark.parametrize("name", ["desk_board", "desk_rows", "visit_refresh", "tasks_refresh", "inbox_refresh"])
def test_what_a_page_asks_for_by_itself_is_no_activity(name, visit):
    from django.urls import resolve

    args = [visit.public_id] if name == "visit_refresh" else []
    assert resolve(reverse(f"coordination:{name}", args=args)).func.access.passive


def test_an_empty_day_names_the_next_one(desk, visit):
    html = desk.get("/desk/").content.decode()
    assert "No visits today" in html and "Next clinic day:" in html


def test_a_day_that_does_not_exist_is_today(desk):
    for day in ("2026-02-30", "9999-12-31", "0001-01-01"):
        assert desk.get(f"/desk/?day={day}").status_code == 200
        assert desk.get(f"/desk/week/?day={day}").status_code == 200


def test_the_day_list_leaves_cancelled_visits_out(desk, visit):
    assert visit.patient.last_name in desk.get("/desk/print/?day=tomorrow").content.decode()
    BookingResource.objects.all().delete()
    Appointment.objects.update(status=Status.CANCELLED, cancel_reason="other")
    assert visit.patient.last_name not in desk.get("/desk/print/?day=tomorrow").content.decode()


def test_a_coordinator_may_not_export(desk, visit):
    assert desk.get("/desk/day.csv?day=tomorrow").status_code == 403


def test_the_export_is_written_down_before_it_leaves(client, supervisor, visit):
    client.force_login(supervisor)
    response = client.get("/desk/day.csv?day=tomorrow")
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert visit.patient.last_name in lines[1]
    event = AuditEvent.objects.get(action="coordination.day_exported")
    assert event.patient_ids == [visit.patient.public_id]
    assert event.detail["rows"] == 1


def test_row_height_is_remembered(desk, coordinator):
    response = desk.post("/desk/preferences/density/", {"density": "compact", "next": "/desk/"})
    coordinator.refresh_from_db()
    assert (response.status_code, response.url, coordinator.density) == (302, "/desk/", "compact")
    assert 'data-density="compact"' in desk.get("/desk/").content.decode()


def test_the_way_back_stays_on_this_host(desk):
    response = desk.post("/desk/preferences/density/", {"density": "compact", "next": "https://example.org/"})
    assert response.url == "/"


def test_the_board_reads_no_table_from_end_to_end(scene):
    visits = board(MembershipFactory(clinic=scene.clinic).user, scene.clinic, tomorrow_at(scene.clinic, 10).date())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # few rows: PostgreSQL would read all of them anyway
        sql, values = visits.query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", values)
        plan = [row[0] for row in cursor.fetchall()]
    few = "clinics_license"  # some a provider: PostgreSQL may choose to hash all that are valid on the day
    empty = "(cost=0.00..0.00"  # read for nothing: PostgreSQL may hash what it believes to have no rows at all
    read = [line for line in plan if "Seq Scan" in line]
    assert [line for line in read if few not in line and empty not in line] == []
