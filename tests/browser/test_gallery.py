"""Every component, judged by axe, wide and narrow, light and dark; and what the small scripts promise."""

import pytest
from playwright.sync_api import expect

from config.tests.test_gallery import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("path", [path for path in PAGES if "user" not in path])
def test_nothing_is_wrong_with_a_page(judge, path):
    assert judge(path) == []


def test_errors_take_the_focus_and_lead_to_their_fields(page, live_server):
    page.goto(f"{live_server.url}/gallery/patient/?send=1")
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".error-summary a").first.click()
    expect(page.locator("#id_name")).to_be_focused()


def test_a_dialog_opens_and_gives_the_focus_back(page, live_server):
    page.goto(f"{live_server.url}/gallery/")
    page.get_by_role("button", name="Open a dialog").click()
    expect(page.get_by_role("dialog", name="Cancel this visit?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Open a dialog")).to_be_focused()


def test_a_menu_closes_on_escape_and_a_mark_says_its_words_until_then(page, live_server):
    page.goto(f"{live_server.url}/gallery/")
    page.locator("main summary").first.press("Enter")
    expect(page.get_by_role("link", name="Cancel the visit")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("main summary").first).to_be_focused()
    mark = page.get_by_role("link", name="Intake and consent: not filled in yet")
    mark.hover()
    shown = mark.locator(".tip").bounding_box()
    page.keyboard.press("Escape")
    hidden = mark.locator(".tip").bounding_box()
    assert (shown["width"] > 100, hidden["width"]) == (True, 1)
    expect(mark).to_have_accessible_name("Intake and consent: not filled in yet")


def test_the_drawer_closes_to_the_page_beneath(page, live_server):
    page.goto(f"{live_server.url}/gallery/board/?visit=1")
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    assert "visit" not in page.url


def test_eighteen_visits_fit_a_laptop(page, live_server):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/gallery/board/")
    rows = page.locator(".board tbody tr:not(.band)")
    assert rows.count() == 18
    box = rows.last.bounding_box()
    assert box["y"] + box["height"] <= 900


def test_an_ended_session_hides_the_page_and_keeps_what_was_typed(page, live_server):
    """The gallery's person is not signed in, so the server says the session is over."""
    page.goto(f"{live_server.url}/gallery/?user")
    expect(page.get_by_role("heading", name="You were signed out")).to_be_visible()
    expect(page.locator("main")).to_be_hidden()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("You are not signed in yet.")).to_be_visible()
