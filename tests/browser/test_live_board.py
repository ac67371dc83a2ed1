"""The live board and the room as staff use them: the row of an arrival without reload, the keyboard alone, axe."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect

from accounts.permissions import Role as StaffRole
from clinics.tests.factories import MembershipFactory, ProviderFactory
from coordination.actions.arrival import Whereabouts, check_in
from coordination.tests.rooms import checked_in, here, room_of, visit_now
from patients.actions import Agreement
from scheduling.states import Status
from scheduling.tests.factories import open_clinic
from telehealth.models import DeviceCheck, Incident, QualityWindow, VisitSession
from telehealth.states import Role, State
from tests.browser.test_desk import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIVE_WITHIN = 3000  # ms; the desk's socket speaks at most once a second


@pytest.fixture
def scene():
    return open_clinic()


@pytest.fixture
def staff(browser, portal_server, scene):
    """staff(path, role): a page of somebody of the clinic in a browser of their own; `faults` is what went wrong."""
    contexts = []

    def one(path="/desk/live/", role=StaffRole.COORDINATOR, *, user=None, width=1440):
        user = user or MembershipFactory(clinic=scene.clinic, role=role).user
        context = browser.new_context(storage_state=signed_in(user), viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else None)
        assert page.goto(portal_server + path).ok
        return page

    yield one
    for context in contexts:
        context.close()


def row(page, visit):
    return page.locator(f"#visit-{visit.public_id}")


def live(page):
    expect(page.locator("[data-live]")).to_have_text("Live")
    page.wait_for_timeout(300)  # the socket's first word


def arrives(visit):
    """As the patient's page does it, in another process: here Playwright's loop keeps sockets from being told."""

    def act():
        try:
            _check_in(visit)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(act).result()


def _check_in(visit):
    where = Whereabouts(state="NY", city="Albany", address="12 Elm Street", callback_number="+12025550177")
    agreement = Agreement(
        topic="telehealth", source="link", wording="I agree to be seen by video.", wording_version="1", language="en"
    )
    check_in(appointment=visit, whereabouts=where, agreement=agreement, language="en", now=timezone.now())


def test_an_arrival_appears_and_is_let_in_with_the_keyboard_alone(staff, scene):
    provider = scene.provider
    provider.user = MembershipFactory(clinic=scene.clinic, role=StaffRole.PROVIDER).user
    provider.save(update_fields=["user"])
    desk, doctor = staff(), staff(user=provider.user)
    live(desk)
    live(doctor)
    visit = visit_now(scene, minutes=10, provider=provider, patient=scene.patient)
    arrives(visit)
    for page in (desk, doctor):
        expect(row(page, visit).locator(".c-state")).to_contain_text("Waiting", timeout=LIVE_WITHIN)
    press = doctor.keyboard.press
    press("j")
    expect(row(doctor, visit)).to_have_class("needs is-current")  # nobody holds the patient's page open here
    admit = row(doctor, visit).get_by_role("button", name="Admit")
    for _step in range(6):
        if admit.evaluate("button => button === document.activeElement"):
            break
        press("Tab")
    expect(admit).to_be_focused()
    press("Enter")
    doctor.wait_for_url(f"**/desk/visits/{visit.public_id}/room/")  # the provider goes along
    expect(doctor.locator("#room-panel")).to_contain_text("Connecting")
    expect(row(desk, visit).locator(".c-state")).to_contain_text("Connecting", timeout=LIVE_WITHIN)
    assert desk.faults == doctor.faults == []


def test_the_panel_beside_the_call_follows_without_a_reload(staff, scene):
    visit = visit_now(scene)
    checked_in(visit)
    path = f"/desk/visits/{visit.public_id}/room/"
    here_page, there = staff(path), staff(path)
    live(here_page)
    live(there)
    there.evaluate("document.body.dataset.same = 'yes'")
    here_page.get_by_role("button", name="Admit").click()
    expect(there.locator("#room-panel .room-now")).to_contain_text("Connecting", timeout=LIVE_WITHIN)
    there.locator("summary", has_text="Finish").click()
    there.locator("#finish_outcome").select_option("technical_failure")
    expect(there.locator("#finish_outcome")).to_have_value("technical_failure")
    here_page.get_by_role("button", name="Hold").click()
    expect(here_page.locator("#room-panel .room-now")).to_contain_text("On hold", timeout=LIVE_WITHIN)
    there.wait_for_timeout(1500)
    expect(there.locator("#finish_outcome")).to_have_value("technical_failure")  # nobody took it away
    assert there.evaluate("document.body.dataset.same") == "yes"
    assert here_page.faults == there.faults == []


def test_an_emergency_beside_the_call(staff, scene):
    visit = visit_now(scene)
    checked_in(visit)
    page = staff(f"/desk/visits/{visit.public_id}/room/")
    page.locator("#emergency-open").click()
    drawer = page.locator("#drawer")
    expect(drawer).to_contain_text("12 Elm Street, Albany, New York")
    drawer.get_by_role("button", name="I called 911").click()
    expect(drawer.locator(".timeline")).to_contain_text("I called 911")
    assert page.url.endswith("/room/")  # the call goes on behind it
    assert Incident.objects.count() == 1
    assert page.faults == []


def test_the_pages_are_for_everybody(judge, scene):
    user = MembershipFactory(clinic=scene.clinic, role=StaffRole.COORDINATOR).user
    waits = visit_now(scene, minutes=-4, interpreter_language="ASL")
    session = checked_in(waits)
    here(session, Role.INTERPRETER, name="Ines Merlin", language="ASL")
    seen = visit_now(scene, status=Status.IN_VISIT)
    call = room_of(seen, State.IN_CALL)
    seats = [here(call, role, "call") for role in (Role.PATIENT, Role.PROVIDER)]
    for seat, level in zip(seats, ["fair", "poor"], strict=True):
        QualityWindow.objects.create(participant=seat, at=timezone.now(), level=level, cause="loss")
    tested = room_of(visit_now(scene, minutes=20, provider=ProviderFactory(clinics=[scene.clinic])))
    DeviceCheck.objects.create(session=tested, at=timezone.now(), result="fail", causes=["no_camera"])
    dialled = visit_now(scene)
    say = checked_in(dialled)
    VisitSession.objects.filter(pk=say.pk).update(state=State.PHONE, state_since=timezone.now() - timedelta(minutes=3))
    for path in (
        "/desk/live/",
        f"/desk/visits/{waits.public_id}/room/",
        f"/desk/visits/{dialled.public_id}/room/",
        f"/desk/visits/{waits.public_id}/emergency/",
    ):
        assert judge(path, signed_in(user)) == [], path
