"""From the link to the waiting room and into the visit: on a phone, in the dark, without script, by the keyboard."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect

from clinics.models import License
from patients import links
from patients.models import AccessLink
from patients.tests.factories import ConsentRecordFactory, ContactPointFactory
from scheduling.tests.factories import AppointmentFactory, open_clinic
from telehealth.actions import move, session_of
from telehealth.models import VisitSession
from telehealth.states import Event, Outcome, State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCREENS = [
    pytest.param({"width": 390, "color_scheme": "light"}, id="phone"),
    pytest.param({"width": 320, "color_scheme": "dark", "locale": "es-US"}, id="narrow dark Spanish"),
    pytest.param({"width": 390, "java_script_enabled": False}, id="without script"),
]


@pytest.fixture
def visit():
    """It begins in ten minutes."""
    cache.clear()
    scene = open_clinic()
    License.objects.create(
        provider=scene.provider, state="TX", number="T1", valid_from="2020-01-01", valid_until="2039-12-31"
    )
    ContactPointFactory(patient=scene.patient, value="+12025550123")
    ConsentRecordFactory(patient=scene.patient)
    return AppointmentFactory(
        clinic=scene.clinic,
        provider=scene.provider,
        patient=scene.patient,
        visit_type=scene.visit_type,
        starts_at=timezone.now() + timedelta(minutes=10),
    )


def link_of(visit) -> str:
    token = links.issue(
        patient=visit.patient,
        clinic=visit.clinic,
        purpose=AccessLink.Purpose.MANAGE_VISIT,
        subject=visit.subject,
        expires_at=visit.ends_at + timedelta(days=7),
    )
    return f"/m/{token}/"


def step(visit, event, outcome=""):
    """As staff do it, in a thread of its own: Playwright's loop runs in this one."""

    def move_on():
        try:
            move(session=session_of(visit), event=event, by=None, by_label="staff", now=timezone.now(), outcome=outcome)
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        pool.submit(move_on).result()


def faults_of(visitor) -> list[str]:
    """The live server speaks no WebSocket: the page asks by itself, and the console complains."""
    return [fault for fault in visitor.faults if "WebSocket" not in fault]


def check_in(visitor, visit, state: str = "NY") -> None:
    page = visitor.page
    visitor.goto(link_of(visit))
    visitor.look()
    page.locator(".btn-next").first.click()
    page.locator("[name=city]").wait_for()
    page.locator(".btn-next").click()  # nothing: the errors are a page, too
    page.locator(".error-summary").wait_for()
    visitor.look()
    for name, value in {"birth_date_month": "5", "birth_date_day": "17", "birth_date_year": "1984"}.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=state]").select_option(state)
    page.locator("[name=city]").fill("Albany")
    page.locator("[name=address]").fill("1 Main St")
    page.locator("[name=callback]").first.check()
    page.locator("[name=telehealth]").check()
    visitor.look()
    page.locator(".btn-next").click()
    page.locator("[data-stage]").first.wait_for()


@pytest.mark.parametrize("screen", SCREENS)
def test_a_patient_joins_and_waits(visitor, visit, screen):
    someone = visitor(**screen)
    check_in(someone, visit)
    expect(someone.page.locator("[data-stage=waiting]")).to_be_visible()
    someone.look()
    someone.page.locator("summary").filter(has=someone.page.locator("svg")).last.click()
    someone.page.locator("[name=words]").fill("My sound does not work")
    someone.look()
    someone.page.locator("form:has([name=words]) button").click()
    expect(someone.page.locator(".notice-ready").first).to_be_visible()
    someone.look()
    assert VisitSession.objects.get().state == State.WAITING
    assert faults_of(someone) == []


def test_no_license_where_the_patient_is(visitor, visit):
    someone = visitor()
    check_in(someone, visit, state="CA")
    expect(someone.page.get_by_role("heading", level=1)).to_have_text("Your provider can't see you where you are")
    someone.look()
    assert faults_of(someone) == []


def test_the_page_follows_the_visit(visitor, visit):
    """Without a socket the page asks by itself; what is being written survives, and the end is said."""
    someone = visitor()
    check_in(someone, visit)
    page = someone.page
    page.locator("summary").filter(has_text="Write to the front desk").click()
    page.locator("[name=words]").fill("Half a sentence")
    VisitSession.objects.update(provider_late_minutes=20)
    news(page)
    expect(page.get_by_text("about 20 minutes late")).to_be_visible()
    expect(page.locator("[name=words]")).to_have_value("Half a sentence")
    someone.look()
    step(visit, Event.TO_PHONE)
    news(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your visit goes on by phone")
    assert page.title().startswith("Your visit goes on by phone")
    someone.look()
    step(visit, Event.FINISH, Outcome.COMPLETED_PHONE)
    news(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your visit")
    someone.look()
    assert faults_of(someone) == []


def news(page) -> None:
    """What the socket's message does."""
    page.evaluate("document.dispatchEvent(new CustomEvent('room:state', { detail: {} }))")


def test_being_called_in_is_heard_and_said(visitor, visit):
    someone = visitor()
    check_in(someone, visit)
    page = someone.page
    page.locator("[data-alert]").click()
    expect(page.locator("[data-alert]")).to_be_disabled()
    step(visit, Event.ADMIT)
    news(page)
    expect(page.locator("[data-stage=call]")).to_be_attached()
    expect(page.locator("#announcer")).to_have_text("Your provider is ready for you.")


def test_by_the_keyboard_alone(visitor, visit):
    someone = visitor(width=1024)
    page = someone.page
    someone.goto(link_of(visit))
    press_until(page, "Join your visit")
    page.keyboard.press("Enter")
    page.locator("[name=birth_date_month]").focus()
    for typed in ("5", "17", "1984", "New York", "Albany", "1 Main St"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the number on record
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the consent
    press_until(page, "Go to the waiting room")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are checked in")
    press_until(page, "Text me when it is my turn")
    page.keyboard.press("Enter")
    expect(page.get_by_text("We text you when it is your turn")).to_be_visible()
    assert faults_of(someone) == []


def press_until(page, words: str) -> None:
    for _press in range(40):
        page.keyboard.press("Tab")
        if words in page.evaluate("document.activeElement.textContent"):
            return
    pytest.fail(f"The keyboard does not reach “{words}”.")


def test_the_other_pages_of_the_door(judge, visit):
    assert judge_missing(judge, "/visit/nobody/") == []
    assert judge_missing(judge, "/v/nothing/") == []


def judge_missing(judge, path: str) -> list[str]:
    """These pages say 404, which the console repeats; nothing else may be wrong."""
    return [fault for fault in judge(path) if "404" not in fault]
