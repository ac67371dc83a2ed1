"""The whole job once, on real processes: a patient books on a phone, is texted, answers, and the desk sees it live."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from common.timeutil import local_date
from compliance.models import AuditEvent
from config.demo import clinic as demo_clinic
from messaging.models import Message
from messaging.states import Purpose, Status
from scheduling.models import Appointment
from tests.plugins.processes import worker

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TEXT_WITHIN = 15_000  # ms: the worker takes a text at once; the page looks for new ones every few seconds
LIVE_WITHIN = 5_000


@pytest.fixture
def clinic():
    return demo_clinic.build(local_date(timezone.now(), "America/New_York")).clinics[0]


@pytest.fixture
def portal(clinic, portal_server, tmp_path):
    """Web and worker on this test's database; the value is the address."""
    with worker(tmp_path / "worker.log", environment={"PUBLIC_BASE_URL": portal_server}):
        yield portal_server


@pytest.fixture
def new_page(browser):
    """new_page(**context options): a page in a browser of its own, which must stay free of errors."""
    contexts, faults = [], []

    def one(**options) -> Page:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        return page

    yield one
    for context in contexts:
        context.close()
    assert faults == []


def go_on(page: Page, name: str = "Continue") -> None:
    page.get_by_role("button", name=name).click()


def newest_text(phones: Page, portal: str, words: str) -> str:
    """The last text that the patient's phone shows, once it holds the words."""
    phones.goto(f"{portal}/phone/")
    phones.get_by_role("link", name=re.compile("Juniper|555-0177")).first.click()
    bubble = phones.locator(".bubble", has_text=re.compile(words)).last
    expect(bubble).to_be_visible(timeout=TEXT_WITHIN)
    return bubble.inner_text()


def book(page: Page, phones: Page, portal: str) -> None:
    page.goto(f"{portal}/book/riverside/")
    page.get_by_label("Follow-up visit").check()
    page.get_by_label("What is the reason").fill("My back again")
    go_on(page)
    page.get_by_role("combobox").select_option("NY")
    go_on(page)
    page.locator(".other-days a", has_text="free").nth(5).click()  # far enough ahead for all three reminders
    page.wait_for_url(re.compile("day="))
    page.locator("#day [name=slot]").first.check()
    go_on(page, "Keep this time")
    for field, value in {"first_name": "Juniper", "last_name": "Wren", "mobile": "(212) 555-0177"}.items():
        page.locator(f"[name={field}]").fill(value)
    for part, value in {"month": "3", "day": "27", "year": "1985"}.items():
        page.locator(f"[name=birth_date_{part}]").fill(value)
    page.locator("[name=texts]").check()
    page.get_by_label("English", exact=True).check()
    go_on(page)
    code = re.search(r"\b\d{6}\b", newest_text(phones, portal, "code"))[0]
    page.locator("[name=code]").fill(code)
    go_on(page)
    page.get_by_label("I pay myself").check()
    go_on(page)
    page.locator("[name=telehealth]").check()
    go_on(page, "Book this visit")
    expect(page.get_by_role("heading", level=1)).to_contain_text("booked")


def test_a_visit_is_booked_confirmed_and_moved_between_a_phone_and_the_desk(new_page, portal, clinic):
    phone = new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phones = new_page(viewport={"width": 1280, "height": 900})
    book(phone, phones, portal)
    visit = Appointment.objects.get()

    desk = new_page(viewport={"width": 1440, "height": 900})
    desk.goto(f"{portal}/accounts/login/")
    desk.get_by_role("button", name="Coordinator").click()
    desk.wait_for_url(re.compile("/desk/"))
    day = local_date(visit.starts_at, clinic.zone)
    desk.goto(f"{portal}/desk/?clinic={clinic.public_id}&day={day}")
    expect(desk.locator("[data-live]")).to_have_text("Live")
    row = desk.locator(f"#visit-{visit.public_id}")
    expect(row.locator("[data-key=confirmed]")).to_have_class("mark mark-missing")

    newest_text(phones, portal, "Reply C to confirm")
    phones.get_by_label("Text message").fill("C")
    go_on(phones, "Send")
    expect(row.locator("[data-key=confirmed]")).to_have_class("mark mark-ready", timeout=LIVE_WITHIN)

    desk.goto(f"{portal}/desk/visits/{visit.public_id}/?panel=move")
    desk.locator("[name=slot]").last.check()
    desk.get_by_role("button", name=re.compile("^Move")).last.click()
    expect(desk.get_by_role("main")).to_contain_text("Moved to")
    moved = Appointment.objects.get()
    assert moved.starts_at != visit.starts_at and moved.version == 2
    newest_text(phones, portal, "your visit is now")

    _only_the_new_time_is_reminded_of(moved)
    _the_trail_names_every_step(moved)


def _only_the_new_time_is_reminded_of(visit: Appointment) -> None:
    reminders = Message.objects.filter(subject=visit.subject, purpose__in=[Purpose.REMINDER, Purpose.FOLLOW_UP])
    assert set(reminders.filter(subject_version=1).values_list("status", flat=True)) <= {Status.CANCELLED}
    planned = reminders.filter(subject_version=2)
    assert planned.exists() and set(planned.values_list("status", flat=True)) == {Status.PLANNED}
    Message.objects.filter(pk__in=planned, purpose=Purpose.REMINDER).update(
        due_at=timezone.now() - timedelta(minutes=1), next_attempt_at=timezone.now() - timedelta(minutes=1), urgent=True
    )
    call_command("messaging_run", once=True)
    sent = reminders.exclude(status__in=[Status.PLANNED, Status.CANCELLED])
    assert set(sent.values_list("subject_version", flat=True)) == {2}


def _the_trail_names_every_step(visit: Appointment) -> None:
    about = AuditEvent.objects.filter(subject=visit.subject).values_list("action", "actor_label")
    steps = dict(about)
    for action in ("scheduling.visit_booked", "scheduling.visit_confirmed", "scheduling.visit_moved"):
        assert action in steps, sorted(steps)
    assert steps["scheduling.visit_moved"] == "Nora Lindqvist"
