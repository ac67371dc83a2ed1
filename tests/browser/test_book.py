"""A patient books and manages a visit: on a phone, on a narrow one, without script, with the keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

from clinics.models import License
from messaging.models import Message
from scheduling.models import Appointment
from scheduling.states import Status
from scheduling.tests.factories import open_clinic

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCREENS = [
    pytest.param({"width": 390, "color_scheme": "light"}, id="phone"),
    pytest.param({"width": 320, "color_scheme": "dark", "locale": "es-US"}, id="narrow dark Spanish"),
    pytest.param({"width": 390, "java_script_enabled": False}, id="without script"),
]


@pytest.fixture
def scene():
    """A clinic whose provider may see people in Texas, too: a state that lies in two zones."""
    scene = open_clinic()
    License.objects.create(
        provider=scene.provider, state="TX", number="T1", valid_from="2020-01-01", valid_until="2039-12-31"
    )
    return scene


def texted(template_key: str, pattern: str) -> str:
    message = Message.objects.filter(template_key=template_key).order_by("-pk").first()
    return re.search(pattern, message.body)[0]


class Walk:
    """The way through the pages, each of them judged before it is answered."""

    def __init__(self, visitor, scene):
        self.visitor, self.page, self.scene = visitor, visitor.page, scene

    def answer(self, **fields) -> None:
        """Judge the page, fill in fields by name, go on."""
        self.visitor.look()
        for name, value in fields.items():
            field = self.page.locator(f"[name={name}]").first
            if value is True:
                field.check()
            elif field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        self.page.locator(".btn-next").first.click()

    def book(self) -> None:
        self.visitor.goto(f"/book/{self.scene.clinic.slug}/")
        self.answer()  # nothing: the errors are a page, too
        self.answer(visit_type=True, reason="A rash on my arm")
        self.answer(state="TX")
        self.answer(zone=True)
        self.answer(slot=True)
        self.answer()
        self.answer(
            first_name="Ana", last_name="García", birth_date_month="5", birth_date_day="17", birth_date_year="1984",
            mobile="(202) 555-0123", texts=True, email="ana@example.com",
        )  # fmt: skip
        self.answer(code=texted("phone_code", r"\d{3} ?\d{3}"))
        self.answer(payment=True)
        self.answer(payer_name="Acme Health", member_id="XYZ 123 45", relationship=True)
        self.answer(telehealth=True)
        self.visitor.look()


@pytest.mark.parametrize("screen", SCREENS)
def test_a_patient_books_confirms_moves_and_cancels(visitor, scene, screen):
    someone = visitor(**screen)
    Walk(someone, scene).book()
    page = someone.page
    expect(page.locator("h1")).to_have_count(1)
    visit = Appointment.objects.get()
    assert (visit.patient.last_name, visit.patient.time_zone) == ("García", "America/Chicago")

    manage = texted("visit_booked", r"/m/[^/]+/")
    someone.goto(manage)
    someone.look()
    page.locator("main .btn-primary").click()
    someone.look()
    assert Appointment.objects.get().status == Status.CONFIRMED

    page.locator(f'a[href="{manage}move/"]').click()
    someone.look()
    page.locator("input[name=slot]").first.check()
    page.locator("main .btn-primary").click()
    someone.look()
    assert Appointment.objects.get().version == 2

    page.locator(f'a[href="{manage}cancel/"]').click()
    someone.look()
    page.locator("input[name=reason]").first.check()
    page.locator(".btn-danger").click()
    someone.look()
    assert Appointment.objects.get().status == Status.CANCELLED
    assert someone.faults == []


def test_the_other_pages(visitor, scene):
    someone = visitor(width=320)
    for path in ("/", "/m/unknown/", "/my/sign-in/"):
        someone.goto(path)
        someone.look()
    someone.goto(f"/book/{scene.clinic.slug}/")
    Walk(someone, scene).answer(visit_type=True, reason="I want to die")
    expect(someone.page.locator('a[href="tel:988"]')).to_be_visible()
    someone.look()
    assert [fault for fault in someone.faults if "404" not in fault] == []


def test_with_the_keyboard_alone(visitor, scene):
    """From the first page to the chosen time, without touching a pointer; errors take the focus."""
    someone = visitor(width=390)
    page = someone.page
    someone.goto(f"/book/{scene.clinic.slug}/")

    def tab_to(selector: str) -> None:
        for _press in range(40):
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            page.keyboard.press("Tab")
        pytest.fail(f"{selector} can't be reached with the keyboard on {page.url}")

    def go_on_to(path: str) -> None:
        tab_to(".btn-next")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(path))

    tab_to(".btn-next")
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    tab_to("input[name=visit_type]")
    page.keyboard.press("Space")
    tab_to("textarea")
    page.keyboard.type("A rash")
    go_on_to("/where/")
    tab_to("select[name=state]")
    page.keyboard.type("New York")
    go_on_to("/time/")
    tab_to("input[name=slot]")
    page.keyboard.press("Space")
    go_on_to("/details/")
    assert someone.faults == []


def test_more_time_leaves_what_was_typed(visitor, scene):
    someone = visitor(width=390)
    page = someone.page
    someone.goto(f"/book/{scene.clinic.slug}/")
    walk = Walk(someone, scene)
    walk.answer(visit_type=True, reason="A rash")
    walk.answer(state="NY")
    walk.answer(slot=True)
    page.fill("[name=first_name]", "Ana")
    before = page.locator("[data-countdown]").get_attribute("data-countdown")
    page.get_by_role("button", name="I need more time").click()
    expect(page.locator("[data-countdown]")).not_to_have_attribute("data-countdown", before)
    expect(page.locator("[name=first_name]")).to_have_value("Ana")
    assert someone.faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_choice_that_has_the_focus_wears_the_ring(visitor, scene, scheme):
    """The card as a whole, with a gap; a box that stands by itself wears it, too."""
    someone = visitor(width=390, color_scheme=scheme)
    page = someone.page
    someone.goto(f"/book/{scene.clinic.slug}/")
    ring = """selector => {
        const shown = getComputedStyle(document.querySelector(selector));
        const accent = document.createElement("i");
        accent.style.color = "var(--accent)";
        document.body.append(accent);
        const color = getComputedStyle(accent).color;
        accent.remove();
        return [shown.outlineStyle, shown.outlineWidth, shown.outlineOffset, shown.outlineColor === color];
    }"""
    card = ".choices .form-check:has([name=visit_type])"
    assert page.evaluate(ring, card)[0] == "none"
    for _press in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "visit_type":
            break
    assert page.evaluate(ring, card) == ["solid", "3px", "2px", True]


def test_links_that_stand_alone_are_easy_to_hit(visitor, scene):
    someone = visitor(width=320)
    page = someone.page
    walk = Walk(someone, scene)
    someone.goto(f"/book/{scene.clinic.slug}/")
    walk.answer()
    assert _heights(page, ".error-summary a") >= 44
    walk.answer(visit_type=True, reason="I want to die")
    assert _heights(page, "main p > a") >= 44
    someone.goto("/my/sign-in/")
    assert _heights(page, "main a[href*=reset]") >= 44


def _heights(page, selector: str) -> float:
    """The height of the lowest one."""
    return page.evaluate(
        "selector => Math.min(...[...document.querySelectorAll(selector)]"
        ".map(link => link.getBoundingClientRect().height))",
        selector,
    )
