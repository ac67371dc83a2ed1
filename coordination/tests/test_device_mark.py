"""The device test at the desk: the mark, the next step, the task's words and the drawer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.timeutil import local_date
from coordination.device_words import device_call, device_words
from coordination.presenters.next_step import CALL_ABOUT_DEVICE
from coordination.presenters.rows import Band, Reader, facts_of, row_of
from coordination.presenters.tasks import task_line
from coordination.readiness import Facts, MarkState, marks
from coordination.selectors.board import board
from coordination.selectors.visit import ready_visit
from coordination.tests.moments import tomorrow_at
from insurance.actions import set_visit_payment
from scheduling.models import Appointment
from scheduling.states import Status
from scheduling.tests.factories import AppointmentFactory
from telehealth.actions.device import DeviceReport, record_device_check
from worklist.models import Task

pytestmark = pytest.mark.django_db
NOW = timezone.now()
FINE = {"camera": "ok", "microphone": "ok", "speaker": "ok", "rtt_ms": 80, "up_kbps": 900, "browser": "safari"}
CAUSES = (
    "browser camera_blocked no_camera camera_busy mic_blocked no_mic mic_busy mic_silent no_sound too_slow "
    "slow_upload slow_network sound_only"
).split()
FAILING = [cause for cause in CAUSES if cause not in ("mic_silent", "slow_upload", "slow_network", "sound_only")]


@pytest.fixture
def visit(scene) -> Appointment:
    visit = AppointmentFactory(
        clinic=scene.clinic, patient=scene.patient, visit_type=scene.visit_type, provider=scene.provider,
        starts_at=tomorrow_at(scene.clinic, 10), status=Status.CONFIRMED,
    )  # fmt: skip
    set_visit_payment(
        patient=visit.patient, clinic=visit.clinic, subject=visit.subject, method="self_pay", by=None, now=NOW
    )
    return visit


def device_test(visit, *, at=NOW, **found):
    report = DeviceReport(**FINE | found)
    return record_device_check(appointment=visit, report=report, by_label="patient-link", now=at)


def mark_of(visit):
    return next((mark for mark in marks(facts_of(ready_visit(visit))) if mark.key == "tech"), None)


def test_who_has_not_tested_has_no_mark(visit):
    assert mark_of(visit) is None


@pytest.mark.parametrize(
    ("found", "state", "words"),
    [
        ({}, MarkState.READY, "everything works"),
        ({"up_kbps": 400}, MarkState.READY, "works: the upload is slow"),
        ({"camera": "blocked"}, MarkState.PROBLEM, "the camera is blocked"),
        ({"camera": "none", "microphone": "none"}, MarkState.PROBLEM, "no microphone was found"),
    ],
    ids=str,
)
def test_the_mark_says_what_the_test_found(visit, found, state, words):
    device_test(visit, **found)
    mark = mark_of(visit)
    assert (mark.state, mark.words) == (state, words)


def test_the_newest_test_counts(visit):
    device_test(visit, camera="blocked")
    device_test(visit, at=NOW + timedelta(minutes=1))
    assert mark_of(visit).state == MarkState.READY


def test_a_visit_that_is_held_otherwise_needs_no_device(visit):
    device_test(visit, camera="blocked")
    Appointment.objects.filter(pk=visit.pk).update(modality="phone")
    assert mark_of(visit) is None


def test_a_visit_that_is_over_has_no_mark():
    assert marks(Facts(status=Status.COMPLETED, tech="fail:no_mic")) == []


def test_on_the_board_a_failed_test_comes_with_a_call_and_costs_no_query(visit, coordinator, django_assert_num_queries):
    device_test(visit, camera="blocked")
    day = local_date(visit.starts_at, visit.clinic.zone)
    with django_assert_num_queries(4):
        [found] = board(coordinator, visit.clinic, day)
        reader = Reader(
            now=visit.starts_at - timedelta(hours=1), zone=visit.clinic.zone, day=day,
            held=frozenset({CALL_ABOUT_DEVICE.permission}),
        )  # fmt: skip
        row = row_of(found, reader)
    assert row.step == CALL_ABOUT_DEVICE and row.band == Band.SOON


def test_the_drawer_shows_the_newest_test_with_its_figures(desk, visit):
    url = f"/desk/visits/{visit.public_id}/"
    assert "has not tested a device" in desk.get(url).content.decode()
    device_test(visit, camera="blocked", rtt_ms=None)
    page = desk.get(f"{url}?panel=device").content.decode()
    for words in (
        "Call about the device test",
        "the camera is blocked",
        "Safari",
        "0.9 Mbit/s",
        "Help the patient to allow it",
        "not measured",
    ):
        assert words in page


def test_the_task_says_whom_to_call_and_why(visit):
    device_test(visit, camera="blocked")
    line = task_line(Task.objects.select_related("clinic", "patient", "owner").get(), NOW)
    assert line.title == "Device test failed" and "the camera is blocked" in line.cause
    assert line.url == f"/desk/visits/{visit.public_id}/" and not line.other_url


@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_has_words(cause):
    assert device_words(cause) != cause
    assert bool(device_call(cause)) == (cause in FAILING)
