"""The device test through both doors: what is kept, what the desk gets, and what the page never does."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from compliance.models import AuditEvent
from patients.tests.factories import ContactPointFactory
from portal.tests.test_manage import page_of, token_for
from scheduling.models import Appointment
from scheduling.states import Status
from telehealth.actions import invite, move, seat, session_of
from telehealth.models import DeviceCheck, VisitSession
from telehealth.seating import cookie_name, cookie_value
from telehealth.states import Event, Role
from worklist.models import Task

pytestmark = pytest.mark.django_db

FINE = {
    "works_in_browser": "on",
    "camera": "ok",
    "microphone": "ok",
    "speaker": "ok",
    "rtt_ms": "40",
    "up_kbps": "5200",
    "down_kbps": "22000",
    "browser": "safari",
    "system": "ios",
}


@pytest.fixture
def visit(scene) -> Appointment:
    """In two days, by video."""
    ContactPointFactory(patient=scene.patient, value="+12025550123")
    day = (timezone.now() + timedelta(days=2)).replace(hour=15, minute=0, second=0, microsecond=0)
    return scene.book(day, now=timezone.now())


@pytest.fixture
def url(visit) -> str:
    return f"/m/{token_for(visit)}/test/"


def send(client, url, **changes):
    return client.post(url, FINE | {name: str(value) for name, value in changes.items()})


def standing() -> list[tuple[str, str]]:
    return list(Task.objects.open().order_by("pk").values_list("kind", "cause"))


class TestThePage:
    def test_looking_changes_nothing_but_the_trail(self, client, url):
        page = page_of(client.get(url))
        assert "Start the test" in page and "needs JavaScript" in page
        assert not VisitSession.objects.exists() and not DeviceCheck.objects.exists()
        assert AuditEvent.objects.filter(subject="page:portal-device-test").count() == 1

    def test_it_may_use_camera_and_microphone_and_nothing_else(self, client, url):
        policy = client.get(url).headers["Permissions-Policy"]
        assert "camera=(self)" in policy and "microphone=(self)" in policy and "geolocation=()" in policy

    def test_manage_leads_there_for_a_video_visit_only(self, client, visit, url):
        home = url.removesuffix("test/")
        assert url in page_of(client.get(home))
        Appointment.objects.filter(pk=visit.pk).update(modality="phone")
        assert url not in page_of(client.get(home))
        assert client.get(url).url == home

    @pytest.mark.parametrize("status", [Status.CANCELLED, Status.COMPLETED, Status.NO_SHOW])
    def test_a_visit_that_is_over_needs_no_test(self, client, visit, url, status):
        reason = "other" if status == Status.CANCELLED else ""
        Appointment.objects.filter(pk=visit.pk).update(status=status, cancel_reason=reason)
        assert send(client, url).status_code == 302
        assert not DeviceCheck.objects.exists()

    @pytest.mark.parametrize(("after", "status"), [(119, 200), (121, 302)])
    def test_it_stays_as_long_as_the_room_does(self, client, visit, url, after, status):
        ended = timezone.now() - timedelta(minutes=after)
        Appointment.objects.filter(pk=visit.pk).update(starts_at=ended - timedelta(minutes=30), ends_at=ended)
        assert client.get(url).status_code == status

    def test_a_wrong_token_opens_nothing(self, client, db):
        assert client.get("/m/wrong/test/").status_code == 404

    def test_a_form_from_elsewhere_is_refused(self, url):
        assert send(Client(enforce_csrf_checks=True), url).status_code == 403
        assert not DeviceCheck.objects.exists()

    def test_it_speaks_spanish(self, client, visit, url):
        client.cookies["django_language"] = "es"
        assert "Empezar la prueba" in page_of(client.get(url))


class TestTheResult:
    def test_a_device_that_works(self, client, visit, url):
        assert send(client, url).url == url
        check = DeviceCheck.objects.get()
        assert (check.result, check.causes, check.session.appointment) == ("pass", [], visit)
        assert (check.rtt_ms, check.up_kbps, check.browser, check.system) == (40, 5200, "safari", "ios")
        assert "You are ready for your visit" in page_of(client.get(url))
        assert "Start the test" in page_of(client.get(url + "?again=1"))
        event = AuditEvent.objects.get(action="telehealth.device_checked")
        assert event.detail["result"] == "pass" and standing() == []

    @pytest.mark.parametrize(
        ("found", "result", "causes"),
        [
            ({"camera": "blocked"}, "fail", ["camera_blocked"]),
            ({"camera": "none"}, "fail", ["no_camera"]),
            ({"camera": "busy"}, "fail", ["camera_busy"]),
            ({"microphone": "blocked"}, "fail", ["mic_blocked"]),
            ({"microphone": "none", "camera": "none"}, "fail", ["no_mic", "no_camera"]),
            ({"microphone": "busy"}, "fail", ["mic_busy"]),
            ({"speaker": "no"}, "fail", ["no_sound"]),
            ({"up_kbps": 200}, "fail", ["too_slow"]),
            ({"works_in_browser": "", "camera": "skipped", "microphone": "skipped"}, "fail", ["browser"]),
            ({"microphone": "silent"}, "warn", ["mic_silent"]),
            ({"up_kbps": 599}, "warn", ["slow_upload"]),
            ({"rtt_ms": 200}, "warn", ["slow_network"]),
            ({"down_kbps": 100}, "warn", ["slow_network"]),
            ({"rtt_ms": 900, "camera": "none"}, "fail", ["no_camera", "slow_network"]),
            ({"rtt_ms": "", "up_kbps": "", "down_kbps": ""}, "pass", []),
        ],
        ids=str,
    )
    def test_what_it_means(self, client, url, found, result, causes):
        send(client, url, **found)
        check = DeviceCheck.objects.get()
        assert (check.result, check.causes) == (result, causes)
        assert standing() == ([(Task.Kind.TECH_CHECK, causes[0])] if result == "fail" else [])
        page = page_of(client.get(url))
        assert ("Call me instead" in page) == (result == "fail")
        assert ("Come with sound only" in page) == (
            causes in (["no_camera"], ["camera_blocked"], ["camera_busy"], ["too_slow"], ["no_camera", "slow_network"])
        )

    def test_what_was_not_measured_is_said_so(self, client, url):
        send(client, url, up_kbps="", rtt_ms="")
        assert page_of(client.get(url)).count("not measured") == 2

    @pytest.mark.parametrize(
        "wrong",
        [
            {"camera": "Logitech C920"},
            {"rtt_ms": -1},
            {"rtt_ms": "1e9"},
            {"browser": "<b>"},
            {"speaker": ""},
            {"up_kbps": 10**12},
        ],
        ids=str,
    )
    def test_nonsense_is_not_kept(self, client, url, wrong):
        assert send(client, url, **wrong).url == url + "?again=1"
        assert not DeviceCheck.objects.exists() and not Task.objects.exists()

    def test_two_failures_are_one_task_and_a_pass_settles_it(self, client, visit, url):
        send(client, url, camera="blocked")
        send(client, url, microphone="none")
        assert len(standing()) == 1
        task = Task.objects.get()
        assert task.subject == visit.subject and task.due_at <= visit.starts_at - timedelta(minutes=30)
        send(client, url)
        assert standing() == [] and Task.objects.get().outcome == "resolved"
        assert DeviceCheck.objects.count() == 3

    def test_a_room_that_closes_leaves_no_task(self, client, visit, url):
        send(client, url, camera="none")
        now = timezone.now()
        move(session=session_of(visit), event=Event.CANCEL, by=None, by_label="staff", now=now, outcome="cancelled")
        assert standing() == []


class TestWhatElse:
    def test_sound_only_settles_a_missing_camera(self, client, url):
        send(client, url, camera="none", rtt_ms=300)
        client.post(url, {"wish": "sound"})
        newest = DeviceCheck.objects.order_by("-pk")[0]
        assert (newest.result, newest.causes, newest.rtt_ms) == ("warn", ["sound_only", "slow_network"], 300)
        assert standing() == []
        assert "You use sound only" in page_of(client.get(url))

    @pytest.mark.parametrize("found", [{}, {"microphone": "none"}, {"camera": "none", "speaker": "no"}], ids=str)
    def test_sound_only_is_no_way_out_where_sound_is_what_fails(self, client, url, found):
        send(client, url, **found)
        client.post(url, {"wish": "sound"})
        assert DeviceCheck.objects.count() == 1

    def test_sound_only_before_any_test_is_nothing(self, client, url):
        assert client.post(url, {"wish": "sound"}).status_code == 302
        assert not DeviceCheck.objects.exists()

    def test_who_wants_a_call_gets_one_task(self, client, url):
        for _time in range(2):
            page = page_of(client.post(url, {"wish": "call"}, follow=True))
        assert "We will call you" in page
        assert standing() == [(Task.Kind.TECH_CHECK, "call_instead")]


class TestFromTheRoom:
    @pytest.fixture
    def room(self, visit, client):
        session = session_of(visit)
        participant, secret = seat(session=session, role=Role.PATIENT, now=timezone.now())
        client.cookies[cookie_name(session.public_id)] = cookie_value(participant, secret)
        return reverse("portal:room_device_test", args=[session.public_id])

    def test_the_seat_opens_it_and_keeps_the_result(self, client, room):
        page = page_of(client.get(room))
        assert "Start the test" in page and "Copy the link" not in page
        assert send(client, room, camera="none").url == room
        assert DeviceCheck.objects.get().causes == ["no_camera"]

    def test_without_the_seat_there_is_nothing(self, room):
        assert Client().get(room).status_code == 404
        assert send(Client(), room).status_code == 404
        assert not DeviceCheck.objects.exists()

    def test_a_guests_device_says_nothing_about_the_patients(self, room, visit):
        session = session_of(visit)
        guest, _token = invite(session=session, role=Role.GUEST, name="Ana", by=None, now=timezone.now())
        guest, secret = seat(session=session, role=Role.GUEST, now=timezone.now(), participant=guest)
        client = Client()
        client.cookies[cookie_name(session.public_id)] = cookie_value(guest, secret)
        assert send(client, room).status_code == 404
        assert not DeviceCheck.objects.exists()


class TestTheTimedRequests:
    def test_a_ping_is_empty_and_a_download_is_noise(self, client, db):
        assert client.get(reverse("portal:net_ping")).status_code == 204
        answer = client.get(reverse("portal:net_down"))
        assert len(answer.content) == 1_048_576 and answer.headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize(("size", "status"), [(0, 204), (1_048_576, 204), (1_048_577, 413)])
    def test_an_upload_is_taken_up_to_a_megabyte(self, client, db, size, status):
        answer = client.post(reverse("portal:net_up"), b"x" * size, content_type="application/octet-stream")
        assert answer.status_code == status

    def test_an_upload_from_another_site_is_refused(self, db):
        client = Client(enforce_csrf_checks=True)
        assert client.post(reverse("portal:net_up"), b"x", content_type="application/octet-stream").status_code == 403


def test_whoever_has_booked_is_led_to_the_test(walk):
    walk.book()
    assert walk.url("done_test") in page_of(walk.get("done"))
    assert re.fullmatch(r"/m/[^/]+/test/", walk.post("done_test").url)
