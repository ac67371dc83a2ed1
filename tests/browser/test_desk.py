"""The desk as coordinators use it: two of them at once, with the keyboard alone, on wide and narrow screens."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from accounts.permissions import Role
from clinics.tests.factories import MembershipFactory, ProviderFactory
from common.timeutil import day_bounds, local_date
from messaging.actions import receive
from messaging.models import Conversation
from patients.tests.factories import ConsentRecordFactory, ContactPointFactory, NoteFactory, PatientFactory
from scheduling.models import Appointment
from scheduling.states import Status
from scheduling.tests.factories import AppointmentFactory, open_clinic
from worklist.models import Task
from worklist.tests.factories import TaskFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIVE_WITHIN = 2000  # ms, with a browser's own time; the page promises a second


@pytest.fixture
def scene():
    return open_clinic()


@pytest.fixture
def visits(scene):
    """Three visits of today that lie ahead, one a patient and provider. Late at night the clinic is further west."""
    if timezone.now().astimezone(scene.clinic.zone).hour >= 22:
        scene.clinic.time_zone = "Pacific/Honolulu"
        scene.clinic.save(update_fields=["time_zone"])
    first = timezone.now() + timedelta(minutes=30)
    return [
        AppointmentFactory(
            clinic=scene.clinic,
            visit_type=scene.visit_type,
            provider=ProviderFactory(clinics=[scene.clinic]),
            patient=PatientFactory(clinics=[scene.clinic], first_name=name, mobile=f"+1202555010{number}"),
            starts_at=first + timedelta(minutes=number),
        )
        for number, name in enumerate(["Ada", "Bea", "Cleo"])
    ]


def signed_in(user) -> dict:
    """A browser's storage with the user signed in."""
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": value, "domain": "127.0.0.1", "path": "/"}
    return {"cookies": [cookie | {"expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax"}], "origins": []}


@pytest.fixture
def open_desk(browser, portal_server, scene):
    """open_desk(): a desk of its own coordinator in a browser of its own."""
    contexts = []

    def one(path="/desk/", role=Role.SUPERVISOR):
        user = MembershipFactory(clinic=scene.clinic, role=role).user
        context = browser.new_context(storage_state=signed_in(user), viewport={"width": 1440, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else None)
        answer = page.goto(portal_server + path)
        assert answer.ok and urlsplit(page.url).path == urlsplit(path).path, f"{answer.status} {page.url}"
        return page

    yield one
    for context in contexts:
        context.close()


def row(page, visit):
    return page.locator(f"#visit-{visit.public_id}")


def live(page):
    expect(page.locator("[data-live]")).to_have_text("Live")
    page.wait_for_timeout(300)  # the socket's first word


def test_a_change_by_one_colleague_flips_the_mark_of_the_other(open_desk, visits):
    here, there = open_desk(), open_desk()
    live(here)
    live(there)
    ada = visits[0]
    expect(row(there, ada).locator("[data-key=confirmed]")).to_have_class("mark mark-missing")
    row(here, ada).locator("[data-key=confirmed]").click()
    here.locator("#panel").get_by_role("button", name="Confirm").click()
    expect(row(there, ada).locator("[data-key=confirmed]")).to_have_class("mark mark-ready", timeout=LIVE_WITHIN)
    expect(row(there, ada).locator(".c-state")).to_contain_text("Confirmed")
    expect(there.locator("#counters")).to_contain_text("2")
    expect(here.locator("#toasts")).to_contain_text("Visit confirmed.")
    here.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(row(there, ada).locator("[data-key=confirmed]")).to_have_class("mark mark-missing", timeout=LIVE_WITHIN)
    assert here.faults == there.faults == []


def test_nothing_moves_under_the_pointer_until_it_is_asked_for(open_desk, visits):
    here, there = open_desk(), open_desk()
    live(here)
    live(there)
    bea = row(there, visits[1])
    bea.hover()
    row(here, visits[1]).locator("[data-row-menu]").click()
    here.locator("#row-menu").get_by_role("button", name="Arrived").click()
    expect(bea.locator(".c-state")).to_contain_text("Waiting", timeout=LIVE_WITHIN)
    expect(there.locator("#updates")).to_contain_text("1 update, press R to show")
    expect(there.locator("tbody[data-rows=now]")).to_have_count(0)
    there.keyboard.press("r")
    expect(there.locator("tbody[data-rows=now] tr[data-visit]")).to_have_count(1)
    expect(there.locator("#updates")).to_be_hidden()
    assert there.faults == []


def test_a_morning_with_the_keyboard_alone(open_desk, visits):
    page = open_desk()
    live(page)
    board, press = page.url, page.keyboard.press
    press("j")
    press("j")
    expect(row(page, visits[1])).to_have_class("is-current")
    press("k")
    press("c")
    expect(row(page, visits[0]).locator(".c-state")).to_contain_text("Confirmed")
    expect(page.locator("#toasts")).to_contain_text("Visit confirmed.")
    press("u")
    expect(row(page, visits[0]).locator(".c-state")).to_contain_text("Booked")
    press("n")
    note = page.locator("#drawer textarea[name=body]")
    expect(note).to_be_visible()
    assert page.url.endswith(f"/desk/visits/{visits[0].public_id}/")
    note.focus()
    page.keyboard.type("Call her j k c")
    page.locator("#drawer").get_by_role("button", name="Add note").click()
    expect(page.locator("#toasts")).to_contain_text("Note added.")
    press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    assert page.url == board  # the very address that was open
    press("?")
    expect(page.locator("#keys-sheet")).to_be_visible()
    press("Escape")
    press("/")
    expect(page.locator("#global-search")).to_be_focused()
    page.keyboard.type(f"{visits[2].patient.last_name}\n")
    page.wait_for_url(f"**/patients/{visits[2].patient.public_id}/")  # Enter on the only match picks it
    page.locator("h1").click()
    press("g")
    press("d")
    page.wait_for_url("**/desk/")
    assert page.faults == []


def is_the_one(page, visit):
    """Highlight and drawer are at this visit, and no other."""
    expect(page.locator("#drawer-title")).to_have_text(visit.patient.display_name)
    expect(page.locator("tr.is-current")).to_have_count(1)
    expect(row(page, visit)).to_have_class("is-current")


def test_keys_act_on_the_visit_that_is_open(open_desk, visits):
    page = open_desk()
    live(page)
    ada, bea, cleo = visits
    row(page, bea).locator(".c-who a").click()
    is_the_one(page, bea)
    page.keyboard.press("j")
    is_the_one(page, cleo)
    page.keyboard.press("k")
    is_the_one(page, bea)
    assert page.url.endswith(f"/desk/visits/{bea.public_id}/")
    page.keyboard.press("c")
    expect(page.locator("#toasts")).to_contain_text(f"{bea.patient.display_name}: Visit confirmed.")
    expect(page.locator("#drawer .status").first).to_contain_text("Confirmed")  # the drawer shows it too
    expect(row(page, bea).locator(".c-state")).to_contain_text("Confirmed")
    page.keyboard.press("n")
    expect(page.locator("#panel form")).to_have_attribute("action", f"/desk/visits/{bea.public_id}/note/")
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(row(page, bea).locator(".c-who a")).to_be_focused()
    expect(row(page, bea)).to_have_class("is-current")
    page.keyboard.press("c")
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.locator("#toasts")).to_contain_text(f"{cleo.patient.display_name}: Visit confirmed.")
    states = [Appointment.objects.get(pk=visit.pk).status for visit in (ada, bea, cleo)]
    assert states == [Status.BOOKED, Status.CONFIRMED, Status.CONFIRMED]
    assert page.faults == []


def test_a_hurried_hand_ends_on_one_visit(open_desk, visits):
    """The answer for the first visit comes after that for the second."""
    page = open_desk()
    live(page)
    slow = f"**/desk/visits/{visits[1].public_id}/"
    page.route(slow, lambda route: (page.wait_for_timeout(600), route.continue_()))
    row(page, visits[0]).locator(".c-who a").click()
    is_the_one(page, visits[0])
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.wait_for_timeout(1200)
    is_the_one(page, visits[2])
    page.unroute(slow)
    assert page.faults == []


def test_what_was_typed_is_there_again(open_desk, visits):
    page = open_desk()
    live(page)
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.locator("#drawer textarea").fill("Asks for a later")
    page.keyboard.press("Escape")  # leaves the field
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text("What you typed is kept")
    page.keyboard.press("j")
    page.keyboard.press("n")
    expect(page.locator("#drawer textarea")).to_have_value("")  # another patient's note
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    page.keyboard.press("n")
    expect(page.locator("#drawer textarea")).to_have_value("Asks for a later")
    page.locator("#drawer").get_by_role("button", name="Add note").click()
    expect(page.locator("#toasts")).to_contain_text("Note added.")
    page.keyboard.press("n")
    expect(page.locator("#drawer textarea")).to_have_value("")  # what arrived is no draft
    stored = page.evaluate("JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])")
    assert "later" not in stored
    assert page.faults == []


def test_ones_own_act_needs_no_asking(open_desk, visits):
    page = open_desk()
    live(page)
    page.evaluate("""() => {
        window.asked = 0;
        const pill = document.getElementById("updates");
        new MutationObserver(() => { if (!pill.hidden) window.asked += 1; }).observe(pill, { attributes: true });
    }""")
    row(page, visits[1]).hover()
    row(page, visits[1]).locator("[data-row-menu]").click()
    page.locator("#row-menu").get_by_role("button", name="Arrived").click()
    expect(page.locator("tbody[data-rows=now] tr[data-visit]")).to_have_count(1)
    assert page.evaluate("window.asked") == 0
    assert page.faults == []


def test_keys_for_tasks_mean_the_chosen_rows(open_desk, visits, scene):
    for visit in visits:
        TaskFactory(clinic=scene.clinic, subject=visit.subject, patient=visit.patient)
    page = open_desk()
    live(page)
    for key in ("j", "x", "j", "x", "j", "s"):
        page.keyboard.press(key)
    expect(page.locator("#toasts")).to_contain_text("one visit at a time")
    expect(page.locator("#drawer")).to_be_hidden()
    page.keyboard.press("a")
    expect(page.locator("#bulk-owner")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("2 tasks handed over.")
    assert set(Task.objects.exclude(owner=None).values_list("subject", flat=True)) == {
        visit.subject for visit in visits[:2]
    }
    assert page.faults == []


def test_rows_are_chosen_by_key_and_handed_over_together(open_desk, visits, scene):
    for visit in visits:
        TaskFactory(clinic=scene.clinic, subject=visit.subject, patient=visit.patient)
    page = open_desk()
    live(page)
    bar = page.locator("#selected")
    expect(bar).to_be_hidden()
    for key in ("j", "x", "j", "j", "Shift+X"):
        page.keyboard.press(key)
    expect(bar).to_contain_text("3 visits chosen")
    row(page, visits[1]).locator("input[name=visit]").uncheck()
    expect(bar).to_contain_text("2 visits chosen")
    bar.get_by_role("button", name="Hand tasks over").click()
    expect(page.locator("#toasts")).to_contain_text("2 tasks handed over.")
    expect(bar).to_be_hidden()
    assert Task.objects.exclude(owner=None).count() == 2
    assert page.faults == []


def test_a_choice_survives_what_colleagues_do(open_desk, visits):
    here, there = open_desk(), open_desk()
    live(here)
    live(there)
    row(here, visits[0]).locator("input[name=visit]").check()
    there.keyboard.press("j")
    there.keyboard.press("c")
    expect(row(here, visits[0]).locator(".c-state")).to_contain_text("Confirmed", timeout=LIVE_WITHIN)
    expect(row(here, visits[0]).locator("input[name=visit]")).to_be_checked()
    icon = row(here, visits[0]).locator("[data-key=confirmed] svg use")
    assert icon.evaluate("use => use.getBBox().width") > 0  # the drawing of a row that came later is there
    here.keyboard.press("r")
    expect(row(here, visits[0]).locator("input[name=visit]")).to_be_checked()
    expect(here.locator("#selected")).to_contain_text("1 visit chosen")


def test_tasks_of_a_row_are_put_off_and_brought_back_by_key(open_desk, visits, scene):
    TaskFactory(clinic=scene.clinic, subject=visits[0].subject, patient=visits[0].patient)
    page = open_desk()
    live(page)
    page.keyboard.press("j")
    page.keyboard.press("s")
    page.locator("#panel").get_by_role("button", name="Put off").click()
    expect(page.locator("#toasts")).to_contain_text("Put off.")
    assert Task.objects.get().snoozed_until
    page.locator("#drawer-title").focus()
    page.keyboard.press("u")
    expect(page.locator("#toasts")).to_contain_text("Back in the list.")
    assert Task.objects.get().snoozed_until is None
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.locator("#panel-title")).to_have_text("Hand tasks over")
    assert page.faults == []


def test_anything_is_a_few_letters_away(open_desk, visits):
    page = open_desk()
    live(page)
    page.keyboard.press("Control+k")
    palette = page.locator("#palette")
    expect(palette.locator("#palette-text")).to_be_focused()
    page.keyboard.type("bea")
    expect(palette.locator("[data-visit-line]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(palette).to_be_hidden()
    expect(page.locator("#drawer-title")).to_contain_text("Bea")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("task")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks/")
    page.keyboard.press("Control+k")
    page.keyboard.type(f"{visits[2].patient.last_name}\n")  # no page is called so: it is a patient, and the only one
    page.wait_for_url(f"**/patients/{visits[2].patient.public_id}/")
    assert page.faults == []


def test_every_key_of_the_sheet_is_one_that_works(open_desk, visits):
    """Keys that the sheet names and the scripts know are the same."""
    page = open_desk()
    named = page.locator("#keys-sheet dt").all_inner_texts()
    found = {" ".join(keys.split()) for keys in named}
    rows = {"j k", "Enter", "x", "Shift x", "Esc", "c", "m", "n", "t", "a", "s", "u", "r"}
    assert found == rows | {"Ctrl k", "/", "?", "g d", "g l", "g i", "g t", "g p"}


def test_shortcuts_can_be_switched_off(open_desk, visits):
    page = open_desk("/desk/preferences/")
    page.get_by_role("checkbox", name="Keyboard shortcuts").uncheck()
    page.get_by_role("button", name="Save").click()
    page.goto(page.url.replace("/desk/preferences/", "/desk/"))
    live(page)
    page.keyboard.press("j")
    expect(page.locator("tr.is-current")).to_have_count(0)


def test_the_desk_says_when_it_is_alone_and_catches_up(open_desk, visits, scene):
    page = open_desk()
    live(page)
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    page.route("**/ws/**", lambda route: route.abort())
    page.context.set_offline(False)
    expect(page.locator("[data-live]")).to_have_text("Live", timeout=20000)
    assert scene.clinic.public_id in page.locator("#desk").get_attribute("data-socket")


def test_what_is_open_over_the_board_is_for_everybody(open_desk, visits):
    """The bar of the chosen rows and the palette, which no address leads to."""
    from tests.browser.conftest import _look

    page = open_desk()
    live(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        row(page, visits[0]).locator("input[name=visit]").check()
        assert _look(page) == []
        page.keyboard.press("Control+k")
        page.keyboard.type("ad")
        assert _look(page) == []
        page.keyboard.press("Escape")
    page.set_viewport_size({"width": 320, "height": 800})
    boxes = {name: row(page, visits[0]).locator(f".c-{name}").bounding_box() for name in ("menu", "state", "next")}
    middles = {name: box["y"] + box["height"] / 2 for name, box in boxes.items()}
    assert middles["menu"] < boxes["state"]["y"] and abs(middles["state"] - middles["next"]) < 10  # a card of two lines
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_eighteen_visits_fit_on_one_screen(open_desk, scene):
    start, _end = day_bounds(local_date(timezone.now(), scene.clinic.zone), scene.clinic.zone)
    for number in range(18):
        AppointmentFactory(
            clinic=scene.clinic,
            visit_type=scene.visit_type,
            starts_at=start + timedelta(minutes=20 * number + 1),
            status=[Status.COMPLETED, Status.NO_SHOW, Status.BOOKED][number % 3],
        )
    page = open_desk()
    rows = page.locator("tr[data-visit]")
    expect(rows).to_have_count(18)
    assert max(rows.evaluate_all("rows => rows.map(row => row.getBoundingClientRect().bottom)")) <= 900


def elsewhere(action, **given) -> None:
    """In a thread of its own: beside Playwright's loop no other may run, and live updates need one."""

    def act():
        try:
            action(**given)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(act).result()


@pytest.fixture
def everything(scene, visits):
    """Something to see on every page."""
    patient = visits[0].patient
    patient.interpreter_language = "ASL"
    patient.save()
    ContactPointFactory(patient=patient, kind="email", value="ada@example.com")
    ConsentRecordFactory(patient=patient)
    staff = MembershipFactory(clinic=scene.clinic, role=Role.COORDINATOR).user
    NoteFactory(patient=patient, clinic=scene.clinic, written_by=staff)
    TaskFactory(clinic=scene.clinic, patient=patient, due_at=timezone.now() - timedelta(hours=1))
    number, now = "+12025550100", timezone.now()
    elsewhere(receive, clinic=scene.clinic, from_number=number, body="Is it by video?", provider_sid="SM1", now=now)
    return scene


PAGES = [
    "/desk/",
    "/desk/?show=waiting",
    "/desk/?day=tomorrow",
    "/desk/print/",
    "/desk/week/",
    "/desk/views/",
    "/desk/preferences/",
    "/desk/book/",
    "/desk/book/new/",
    "/desk/book/{patient}/",
    "/desk/visits/{visit}/",
    "/desk/visits/{visit}/?panel=move",
    "/desk/visits/{visit}/?panel=payment",
    "/desk/visits/{visit}/?panel=task",
    "/desk/visits/{visit}/?panel=message",
    "/desk/visits/{visit}/?panel=assign",
    "/desk/visits/{visit}/?panel=snooze",
    "/patients/",
    "/patients/new/",
    "/patients/{patient}/",
    "/patients/{patient}/visits/",
    "/patients/{patient}/record/",
    "/patients/{patient}/edit/",
    "/patients/{patient}/insurance/",
    "/patients/{patient}/duplicates/",
    "/inbox/",
    "/inbox/?queue=failed",
    "/inbox/{conversation}/",
    "/tasks/?queue=team",
    "/tasks/new/",
]


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_every_page_is_for_everybody(judge, everything, visits, part):
    """In parts, so that no worker of the suite is kept by one long test."""
    user = MembershipFactory(clinic=everything.clinic, role=Role.SUPERVISOR).user
    ids = {
        "visit": visits[0].public_id,
        "patient": visits[0].patient.public_id,
        "conversation": Conversation.objects.get().public_id,
    }
    storage = signed_in(user)
    storage["cookies"][0]["domain"] = "localhost"
    faults = {}
    for path in PAGES[part::4]:
        found = judge(path.format(**ids), storage_state=storage)
        found = [fault for fault in found if "/ws/desk/" not in fault]  # this server has no sockets
        if found:
            faults[path] = found
    assert faults == {}


def test_the_open_drawer_is_for_everybody(open_desk, visits):
    from tests.browser.conftest import _look

    page = open_desk()
    live(page)
    for width, scheme in ((1440, "light"), (320, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.goto(page.url.split("/desk/")[0] + "/desk/")
        row(page, visits[0]).locator(".c-who a").click()
        expect(page.locator("#drawer-title")).to_be_focused()
        assert _look(page) == []
