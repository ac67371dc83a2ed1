"""The device test in a real browser: with fake devices, without permission, without devices, in the wrong browser."""

import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from patients import links
from patients.models import AccessLink
from scheduling.tests.factories import open_clinic
from telehealth.models import DeviceCheck
from worklist.models import Task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MUTE = "navigator.sendBeacon = () => true;"  # what a page says as it closes would reach a server whose test is over
LONG = 20_000  # ms: the line is measured for up to twelve seconds
SAFARI_IN_INSTAGRAM = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 Instagram 334.0.4.32.98"
)


@pytest.fixture
def path() -> str:
    """The page behind a patient's link, for a visit in two days."""
    scene = open_clinic()
    day = (timezone.now() + timedelta(days=2)).replace(hour=15, minute=0, second=0, microsecond=0)
    visit = scene.book(day, now=timezone.now())
    token = links.issue(
        patient=scene.patient,
        clinic=scene.clinic,
        purpose=AccessLink.Purpose.MANAGE_VISIT,
        subject=visit.subject,
        expires_at=timezone.now() + timedelta(days=3),
    )
    return f"/m/{token}/test/"


@pytest.fixture
def person(visitor, path):
    """person(**options): somebody who has pressed Start on the test page."""

    def start(*, allowed=("camera", "microphone"), script=MUTE, **options):
        visited = visitor(permissions=list(allowed), **options)
        if script:
            visited.page.add_init_script(script)
        visited.goto(path)
        visited.look()
        press(visited.page, "Start the test")
        return visited

    return start


def press(page, name: str) -> None:
    page.get_by_role("button", name=name).locator("visible=true").click()


def step(page, name: str):
    return page.locator(f"[data-step={name}]")


def wait_until(true, seconds: float = 10) -> None:
    """What a page says on its way out arrives a moment later."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def hear(page) -> None:
    press(page, "Play a sound")
    press(page, "Yes, I heard it")


def test_a_device_that_works_passes(person):
    someone = person(width=320, color_scheme="dark")
    page = someone.page
    expect(step(page, "camera")).to_contain_text("Do you see yourself?")
    expect(page.locator("video")).not_to_have_js_property("videoWidth", 0)
    someone.look()
    press(page, "Yes, go on")
    expect(step(page, "microphone")).to_contain_text("We hear you", timeout=LONG)
    expect(step(page, "camera")).to_contain_text("Your camera works")
    someone.look()
    hear(page)
    page.wait_for_url(re.compile("test/$"), timeout=LONG)
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("ready|will work"), timeout=LONG)
    someone.look()
    check = DeviceCheck.objects.get()
    assert check.result in ("pass", "warn") and not {"camera", "mic", "sound"} & {
        c.split("_")[-1] for c in check.causes
    }
    assert check.rtt_ms is not None and check.up_kbps > 0
    assert not Task.objects.exists() and someone.faults == []


def test_who_refuses_is_shown_how_to_allow_it_and_the_clinic_hears_of_it(person):
    someone = person(allowed=["microphone"])
    page = someone.page
    expect(step(page, "camera")).to_contain_text("The camera is blocked")
    expect(step(page, "camera").get_by_text("Click the icon left of the address")).to_be_visible()
    someone.look()
    press(page, "Try again")
    expect(step(page, "camera")).to_contain_text("The camera is blocked")
    press(page, "Go on without a camera")
    expect(step(page, "microphone")).to_contain_text("We hear you", timeout=LONG)
    hear(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Something needs fixing first", timeout=LONG)
    someone.look()
    assert [task.cause for task in Task.objects.open()] == ["camera_blocked"]
    press(page, "Come with sound only")
    expect(page.get_by_text("You use sound only")).to_be_visible()
    someone.look()
    assert not Task.objects.open().exists() and someone.faults == []


def test_who_gives_up_with_a_blocked_camera_is_called(person):
    someone = person(allowed=[], script="")
    expect(step(someone.page, "camera")).to_contain_text("The camera is blocked")
    someone.page.get_by_role("link", name="Back").click()
    expect(someone.page.get_by_role("link", name="Test camera and microphone")).to_be_visible()
    wait_until(Task.objects.open().exists)
    assert DeviceCheck.objects.get().causes == ["camera_blocked"]


def test_a_browser_without_calls_can_be_told_to_the_clinic(person):
    someone = person(script="delete window.RTCPeerConnection; delete Navigator.prototype.mediaDevices;")
    page = someone.page
    expect(step(page, "browser")).to_contain_text("This browser can't hold video visits")
    expect(step(page, "browser")).to_contain_text("Open in Safari")
    someone.look()
    press(page, "I have no other browser")
    expect(page.get_by_role("heading", level=1)).to_have_text("Something needs fixing first")
    assert DeviceCheck.objects.get().causes == ["browser"]
    press(page, "Call me instead")
    expect(page.get_by_text("We will call you about your visit")).to_be_visible()
    assert {task.cause for task in Task.objects.open()} == {"browser", "call_instead"} and someone.faults == []


def test_inside_another_app_the_way_out_comes_first(person):
    someone = person(user_agent=SAFARI_IN_INSTAGRAM)
    page = someone.page
    expect(step(page, "browser")).to_contain_text("opened inside another app")
    press(page, "Try here all the same")
    expect(step(page, "camera")).to_contain_text("Do you see yourself?")
    assert not DeviceCheck.objects.exists()


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1", "aA"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) CriOS/126 Mobile/15E148 Safari/604.1", "Settings app"),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/126.0 Mobile Safari/537.36", "Tap Permissions"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.5 Safari/605.1.15", "Settings for This Website"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:128.0) Gecko/20100101 Firefox/128.0", "Apple menu"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36 Edg/126.0", "desktop apps"),
    ],
    ids=["iPhone Safari", "iPhone Chrome", "Android", "Mac Safari", "Mac Firefox", "Windows Edge"],
)
def test_help_is_for_that_very_system(person, user_agent, words):
    page = person(user_agent=user_agent, allowed=["microphone"]).page
    expect(step(page, "camera").get_by_text(words).locator("visible=true").first).to_be_visible()


def test_the_help_fits_a_narrow_phone_in_spanish(visitor, path):
    someone = visitor(permissions=["microphone"], width=320, color_scheme="dark")
    someone.page.add_init_script(MUTE)
    someone.goto("/")
    someone.page.context.add_cookies([{"name": "django_language", "value": "es", "url": someone.page.url}])
    someone.goto(path)
    someone.look()
    press(someone.page, "Empezar la prueba")
    expect(step(someone.page, "camera")).to_contain_text("La cámara está bloqueada")
    someone.look()
    assert someone.faults == []


def test_the_keyboard_alone_is_enough(person):
    page = person().page
    expect(step(page, "camera")).to_contain_text("Do you see yourself?")
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.dataset.do") != "next":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(step(page, "microphone").locator("h2")).to_be_focused()


def test_without_script_the_page_says_what_is_needed(visitor, path):
    someone = visitor(java_script_enabled=False)
    someone.goto(path)
    expect(someone.page.get_by_text("This test needs JavaScript")).to_be_visible()
    expect(someone.page.get_by_text("Start the test")).not_to_be_visible()
