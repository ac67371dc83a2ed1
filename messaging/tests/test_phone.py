"""The demo's phone page: what a patient would see, and the way back in."""

import pytest
from django.urls import reverse

from messaging import delivery
from messaging.models import InboundMessage
from messaging.states import Purpose
from messaging.tests.factories import MOBILE, NOON, planned, texting_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def message():
    patient = texting_patient(first_name="Marisol", email="marisol@example.com")
    email = planned(patient, channel="email", dedupe_key="email")
    message = planned(patient)
    for one in (email, message):
        delivery.deliver_batch([one.pk], lambda: NOON)
    return message


def url(message, name="phone_thread"):
    return reverse(f"messaging:{name}", args=[message.public_id])


def test_people_and_what_they_got(client, message):
    assert b"Marisol" in client.get(reverse("messaging:phone")).content
    page = client.get(url(message)).content.decode()
    assert "reminder of your visit" in page and "A reminder of your visit" in page, "the text and the e-mail"
    assert '<a href="https://portal.example.com/m/abc/"' in page


def test_nothing_waiting_or_failed_is_on_the_phone(client):
    waiting = planned()
    assert client.get(url(waiting)).status_code == 404
    assert b"Alex" not in client.get(reverse("messaging:phone")).content


def test_an_answer_takes_the_way_of_a_text(client, message):
    answer = client.post(url(message, "phone_reply"), {"body": " C "})
    assert answer.url == url(message)
    inbound = InboundMessage.objects.get()
    assert (inbound.body, inbound.from_number, inbound.intent) == ("C", MOBILE, "confirm")
    assert "C" in client.get(url(message)).content.decode()


def test_an_empty_answer_is_none(client, message):
    client.post(url(message, "phone_reply"), {"body": "  "})
    assert not InboundMessage.objects.exists()


def test_the_script_gets_only_what_is_new(client, message):
    first = client.get(url(message), {"part": "thread"})
    assert b"<html" not in first.content and first.headers["X-Seen"]
    again = client.get(url(message), {"part": "thread", "seen": first.headers["X-Seen"]})
    assert again.status_code == 204
    other = planned(message.patient, purpose=Purpose.REPLY, dedupe_key="other")
    delivery.deliver_batch([other.pk], lambda: NOON)
    assert client.get(url(message), {"part": "thread", "seen": first.headers["X-Seen"]}).status_code == 200


@pytest.mark.parametrize("change", [{"DEMO": False}, {"MESSAGE_TRANSPORT": "twilio"}])
def test_outside_a_demo_there_is_no_such_page(client, message, settings, change):
    for name, value in change.items():
        setattr(settings, name, value)
    assert client.get(reverse("messaging:phone")).status_code == 404
    assert client.get(url(message)).status_code == 404
    assert client.post(url(message, "phone_reply"), {"body": "C"}).status_code == 404
    assert not InboundMessage.objects.exists()


def test_words_of_strangers_are_shown_as_words(client, message):
    client.post(url(message, "phone_reply"), {"body": "<script>alert(1)</script>"})
    assert b"<script>alert" not in client.get(url(message)).content


def test_the_list_takes_the_same_queries_for_many(client, django_assert_max_num_queries):
    for number in range(5):
        patient = texting_patient(mobile=f"+1202555011{number}")
        delivery.deliver_batch([planned(patient, dedupe_key=f"p{number}").pk], lambda: NOON)
    with django_assert_max_num_queries(3):
        client.get(reverse("messaging:phone"))
