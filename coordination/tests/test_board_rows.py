"""Rows, bands and counters, out of HTTP and at a fixed time."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from accounts.permissions import Permission
from coordination.models import Show
from coordination.presenters.board import bands, counters, with_rows
from coordination.presenters.causes import cause_of
from coordination.presenters.drawing import ROW_ICONS, row_html
from coordination.presenters.rows import Band, Reader, row_of
from coordination.selectors.board import board
from messaging.codes import Fault, fault_of
from messaging.models import Message
from messaging.tests.factories import planned
from patients.tests.factories import PatientFactory
from scheduling.states import Status
from scheduling.tests.factories import AppointmentFactory

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 10 AM in New York
NEW_YORK = ZoneInfo("America/New_York")
URLS = dict.fromkeys([*Show, "overdue"], "/")

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(scene, coordinator):
    """rows(): the board's rows at NOW, by patient's first name."""

    def read():
        day = NOW.astimezone(NEW_YORK).date()
        reader = Reader(now=NOW, zone=NEW_YORK, day=day, held=frozenset(Permission))
        return {
            row.patient.split()[0]: row for row in (row_of(v, reader) for v in board(coordinator, scene.clinic, day))
        }

    return read


def add(scene, name, *, minutes, status=Status.BOOKED, **fields):
    patient = PatientFactory(clinics=[scene.clinic], first_name=name)
    return AppointmentFactory(
        clinic=scene.clinic, patient=patient, visit_type=scene.visit_type, starts_at=NOW + timedelta(minutes=minutes),
        status=status, **fields,
    )  # fmt: skip


def test_the_kind_of_visit_is_named_in_the_language_of_the_page(scene, rows, django_assert_num_queries):
    scene.visit_type.name_es = "Consulta breve"
    scene.visit_type.save()
    add(scene, "Ana", minutes=30)
    with translation.override("es"), django_assert_num_queries(4):
        assert rows()["Ana"].visit_type == "Consulta breve"
    with translation.override("en"):
        assert rows()["Ana"].visit_type == scene.visit_type.name


def test_each_row_stands_in_the_band_of_its_moment(scene, rows):
    add(scene, "Waiting", minutes=-5, status=Status.ARRIVED, arrived_at=NOW - timedelta(minutes=7))
    add(scene, "Late", minutes=-1)
    add(scene, "Soon", minutes=119)
    add(scene, "Later", minutes=121)
    add(scene, "Done", minutes=-60, status=Status.COMPLETED)
    add(scene, "Gone", minutes=30, status=Status.CANCELLED)
    found = {name: row.band for name, row in rows().items()}
    assert found == {
        "Waiting": Band.NOW, "Late": Band.NOW, "Soon": Band.SOON, "Later": Band.REST, "Done": Band.DONE,
        "Gone": Band.DONE,
    }  # fmt: skip


def test_a_ready_visit_waits_in_the_rest_of_the_day(scene, rows):
    visit = add(scene, "Ready", minutes=60, status=Status.CONFIRMED)
    from insurance.actions import set_visit_payment

    set_visit_payment(
        clinic=scene.clinic, patient=visit.patient, subject=visit.subject, method="self_pay", by=None, now=NOW
    )
    assert rows()["Ready"].band == Band.REST


def test_words_of_a_row(scene, rows):
    add(scene, "Waiting", minutes=-5, status=Status.ARRIVED, arrived_at=NOW - timedelta(minutes=7))
    add(scene, "Late", minutes=-3)
    found = rows()
    assert (found["Waiting"].state, found["Waiting"].minutes) == ("Waiting", "7 min")
    assert (found["Late"].state, found["Late"].minutes, found["Late"].state_kind) == ("Late", "3 min", "problem")
    assert found["Late"].time == "9:57 AM"
    assert found["Late"].about == "42"


def test_a_row_is_escaped_and_names_its_controls(scene, rows):
    add(scene, "<b>Eve</b>", minutes=60)
    html = row_html(rows()["<b>Eve</b>"])
    assert "<b>" not in html and "&lt;b&gt;Eve&lt;/b&gt;" in html
    assert 'aria-label="Select &lt;b&gt;Eve&lt;/b&gt;' in html and 'aria-label="More for &lt;b&gt;Eve&lt;/b&gt;' in html


def test_the_rows_take_their_places_and_what_a_patient_is_called_takes_none(scene, rows):
    add(scene, "<!-- rows: rest -->", minutes=180)
    found = bands(list(rows().values()), Show.ALL, today=True)
    page = with_rows(f"<table>{found[0].place()}</table>", found).decode()
    assert page.startswith('<table><tr role="row"') and page.count("<tr ") == 1 and "<!--" not in page


@pytest.mark.parametrize("status", Status)
def test_every_icon_of_a_row_is_in_the_sprite(scene, rows, status):
    moments = {"arrived_at": NOW, "started_at": NOW} | ({"cancel_reason": "other"} if status == "cancelled" else {})
    visit = add(scene, "Eve", minutes=60, status=status, patient_state="CA", interpreter_language="ASL", **moments)
    failed(visit, "30003")
    html = row_html(rows()["Eve"])
    shown = set(re.findall(r'href="#icon-([^"]+)"', html))
    assert shown and shown <= ROW_ICONS and "<path" not in html


def failed(visit, code, **draft):
    message = planned(visit.patient, clinic=visit.clinic, now=NOW, subject=visit.subject, to="+12025550123", **draft)
    Message.objects.filter(pk=message.pk).update(status="undelivered", error_code=code)
    return message


def test_every_fault_has_words_of_its_own():
    codes = ["21635", "30005", "30034", "21610", "30008"]
    assert {fault_of(code) for code in codes} == set(Fault)
    assert len({cause_of(code, "failed") for code in [*codes, "99999"]}) == len(Fault) + 1


@pytest.mark.parametrize("code", ["30006", "21635"])
def test_a_message_that_failed_says_why_on_the_row(scene, rows, code):
    visit = add(scene, "Land", minutes=60)
    failed(visit, code)
    assert "landline" in rows()["Land"].failure and "landline" in row_html(rows()["Land"])
    assert [mark.state for mark in rows()["Land"].marks if mark.key == "confirmed"] == ["problem"]


def test_a_later_message_that_arrived_settles_the_failure(scene, rows):
    visit = add(scene, "Land", minutes=60)
    failed(visit, "30003")
    Message.objects.filter(pk=failed(visit, "").pk).update(status="delivered")
    assert rows()["Land"].failure == ""


@pytest.mark.parametrize(("status", "is_settled"), [("sent", True), ("planned", False)])
def test_the_same_by_email_settles_the_failure_of_a_text(scene, rows, status, is_settled):
    visit = add(scene, "Land", minutes=60)
    text = failed(visit, "30006")
    failed(visit, "30006", dedupe_key="an older one")
    for first in Message.objects.filter(channel="sms"):
        email = failed(visit, "", channel="email", dedupe_key=f"otherwise:{first.public_id}")
        Message.objects.filter(pk=email.pk).update(status=status if first == text else "sent")
    assert (rows()["Land"].failure == "") is is_settled


def test_another_email_settles_no_failure_of_a_text(scene, rows):
    visit = add(scene, "Land", minutes=60)
    failed(visit, "30006")
    Message.objects.filter(pk=failed(visit, "", channel="email").pk).update(status="sent")
    assert rows()["Land"].failure


def test_a_visit_that_is_over_tells_of_no_failure(scene, rows):
    failed(add(scene, "Done", minutes=-90, status=Status.COMPLETED), "30006")
    assert rows()["Done"].failure == ""


def test_a_license_of_another_state_is_a_problem(scene, rows):
    add(scene, "Away", minutes=60, patient_state="CA")
    assert [mark.key for mark in rows()["Away"].marks if mark.state == "problem"] == ["license"]


def test_counters_count_the_day_and_filters_choose_from_it(scene, rows):
    add(scene, "Waiting", minutes=-5, status=Status.ARRIVED, arrived_at=NOW - timedelta(minutes=7))
    add(scene, "Open", minutes=60)
    found = list(rows().values())
    figures = {
        one.key: (one.value, one.hint) for one in counters(found, overdue=3, now=NOW, chosen=Show.ALL, urls=URLS)
    }
    assert figures == {
        Show.ALL: (2, ""), Show.UNCONFIRMED: (1, ""), Show.INSURANCE: (2, ""), Show.WAITING: (1, "longest 7 min"),
        "overdue": (3, ""),
    }  # fmt: skip
    [band] = bands(found, Show.WAITING, today=True)
    assert [row.patient.split()[0] for row in band.rows] == ["Waiting"]
