"""Message templates: own words start from the standard ones and are previewed while typed; what was sent is masked."""

import pytest
from django.utils import timezone

from messaging import defaults
from messaging.models import Message, MessageTemplate
from tests.admin_pages.test_scope import list_url, posted, url

pytestmark = pytest.mark.django_db

PREVIEW = "/admin/messaging/messagetemplate/preview/"


def test_list_shows_the_standard_words_that_are_in_use(house):
    page = house.browser().get(list_url(MessageTemplate)).content.decode()
    assert "key=reminder_24h&amp;channel=sms&amp;language=es" in page
    assert "key=visit_booked&amp;channel=sms&amp;language=en" not in page  # replaced by a text of its own


def test_own_words_start_from_the_standard_ones(house):
    asked = {"key": "reminder_24h", "channel": "sms", "language": "en"}
    page = house.browser().get(list_url(MessageTemplate, "add"), asked)
    assert page.context["adminform"].form.initial["body"] == defaults.words("reminder_24h", "sms", "en").body


def test_preview_shows_how_it_reads_and_what_is_wrong(house):
    typed = {"key": "reminder_24h", "channel": "sms", "language": "es", "body": "{{ clinic }}: su visita {{ when }}"}
    page = house.browser().post(PREVIEW, typed)
    assert b"Northside Clinic: su visita martes 1 de diciembre" in page.content
    assert b"1 text (GSM-7)" in page.content
    faulty = house.browser().post(PREVIEW, typed | {"body": "See https://evil.example"})
    assert b"Only the portal" in faulty.content


def test_preview_escapes_and_takes_no_get(house):
    page = house.browser().post(PREVIEW, {"channel": "sms", "language": "en", "body": "<script>alert(1)</script>"})
    assert b"<script>" not in page.content
    assert house.browser().get(PREVIEW).status_code == 405


def test_saving_raises_the_version(house):
    template = MessageTemplate.objects.get(organization=house.clinic.organization)
    browser = house.browser()
    data = posted(browser.get(url(template))) | {"body": "{{ clinic }}: your visit is {{ when }}. {{ link }}"}
    assert browser.post(url(template), data).status_code == 302
    template.refresh_from_db()
    assert template.version == 2


def test_sent_messages_are_masked_and_read_only(house):
    message = Message.objects.create(
        clinic=house.clinic, channel="sms", purpose="visit", template_key="visit_booked", to="+12025550142",
        to_index="x", body="Riverside: Tuesday, 2:30 PM", dedupe_key="k", due_at=timezone.now(),
        next_attempt_at=timezone.now(),
    )  # fmt: skip
    browser = house.browser()
    for page in (browser.get(list_url(Message)), browser.get(url(message))):
        assert "•••• 0142" in page.content.decode()
        assert "202555" not in page.content.decode() and "2:30 PM" not in page.content.decode()
    assert browser.post(url(message), {"status": "delivered"}).status_code == 403
