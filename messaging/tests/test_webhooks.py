"""Twilio's webhooks: only signed ones count, each once."""

import pytest
from django.urls import reverse
from django.utils import timezone

from compliance.models import AuditEvent
from messaging import delivery, standing
from messaging.gateways.base import Accepted
from messaging.models import Conversation, InboundMessage, Message, MessageEvent
from messaging.states import Status
from messaging.tests import twilio_double
from messaging.tests.factories import MOBILE, planned, texting_patient

pytestmark = pytest.mark.django_db
BASE = "https://portal.example.com"


@pytest.fixture(autouse=True)
def account(settings):
    settings.TWILIO_ACCOUNT_SID = twilio_double.ACCOUNT
    settings.TWILIO_AUTH_TOKEN = twilio_double.TOKEN
    settings.PUBLIC_BASE_URL = BASE


def post(client, path, fields, *, token=twilio_double.TOKEN, signed_for=None, **extra):
    headers = twilio_double.signed(signed_for or BASE + path, fields, token)
    return client.post(path, fields, headers=headers, **extra)


def sent_message() -> Message:
    message = planned(now=timezone.now(), urgent=True)
    standing.take(message, timezone.now())
    delivery.settle(message, Accepted("SM1"), "twilio", now=timezone.now())
    return message


def receipt(message, word="delivered", **more):
    path = f"{reverse('messaging:twilio_status')}?message={message.public_id}"
    return path, {"AccountSid": twilio_double.ACCOUNT, "MessageSid": "SM1", "MessageStatus": word, **more}


def text(body="C", sid="SM9", **more):
    fields = {
        "AccountSid": twilio_double.ACCOUNT,
        "MessageSid": sid,
        "From": MOBILE,
        "To": "+12025550100",
        "Body": body,
    }
    return reverse("messaging:twilio_inbound"), {**fields, "NumMedia": "0", **more}


def state() -> tuple:
    """Everything a webhook could change."""
    return (
        list(Message.objects.order_by("pk").values_list("pk", "status", "provider_sid")),
        MessageEvent.objects.count(), InboundMessage.objects.count(), Conversation.objects.count(),
        AuditEvent.objects.exclude(action__startswith="accounts.").count(),
    )  # fmt: skip


def test_a_receipt_is_taken(client):
    message = sent_message()
    assert post(client, *receipt(message)).status_code == 204
    message.refresh_from_db()
    assert message.status == Status.DELIVERED


def test_a_receipt_taken_twice_changes_nothing(client):
    message = sent_message()
    post(client, *receipt(message))
    before = state()
    assert post(client, *receipt(message)).status_code == 204
    assert state() == before


def test_a_text_is_taken_and_counts_once(client):
    texting_patient()
    first = post(client, *text("hello"))
    assert (first.status_code, first.content) == (200, b'<?xml version="1.0" encoding="UTF-8"?><Response/>')
    before = state()
    assert post(client, *text("hello")).status_code == 200
    assert state() == before
    assert InboundMessage.objects.get().body == "hello"


@pytest.mark.parametrize("sender", ["72345", "Verizon", ""])
def test_a_text_from_no_telephone_is_dropped(client, sender):
    before = state()
    assert post(client, *text(From=sender)).status_code == 200
    assert state() == before


def test_both_tokens_count_while_one_replaces_the_other(client, settings):
    message = sent_message()
    settings.TWILIO_AUTH_TOKEN, settings.TWILIO_AUTH_TOKEN_PREVIOUS = "new", twilio_double.TOKEN
    assert post(client, *receipt(message, "sent")).status_code == 204
    assert post(client, *receipt(message), token="new").status_code == 204
    settings.TWILIO_AUTH_TOKEN_PREVIOUS = ""
    assert post(client, *receipt(message), token=twilio_double.TOKEN).status_code == 403


class TestRefused:
    """Whatever is not as Twilio signed it is 403 and changes nothing."""

    def refused(self, client, path, fields, **how):
        before = state()
        assert post(client, path, fields, **how).status_code == 403
        assert state() == before

    @pytest.mark.parametrize("make", [lambda: receipt(sent_message()), text], ids=["status", "inbound"])
    def test_without_a_signature(self, client, make):
        path, fields = make()
        before = state()
        assert client.post(path, fields).status_code == 403
        assert state() == before

    @pytest.mark.parametrize("make", [lambda: receipt(sent_message()), text], ids=["status", "inbound"])
    def test_signed_with_another_token(self, client, make):
        self.refused(client, *make(), token="guess")

    def test_a_field_changed(self, client):
        path, fields = text("C")
        headers = twilio_double.signed(BASE + path, fields)
        assert client.post(path, fields | {"Body": "X"}, headers=headers).status_code == 403

    def test_a_field_added(self, client):
        path, fields = text("C")
        headers = twilio_double.signed(BASE + path, fields)
        assert client.post(path, fields | {"OptOutType": "STOP"}, headers=headers).status_code == 403

    def test_another_message_named_in_the_address(self, client):
        path, fields = receipt(sent_message())
        headers = twilio_double.signed(BASE + path, fields)
        assert client.post(path.replace("message=", "message=x"), fields, headers=headers).status_code == 403

    def test_signed_for_another_host(self, client):
        path, fields = receipt(sent_message())
        self.refused(client, path, fields, signed_for="https://evil.example.com" + path)

    def test_the_host_header_decides_nothing(self, client):
        path, fields = receipt(sent_message())
        self.refused(client, path, fields, signed_for="http://evil.example.com" + path, HTTP_HOST="evil.example.com")

    def test_another_account(self, client):
        path, fields = text()
        self.refused(client, path, fields | {"AccountSid": "AC1"})

    def test_without_any_token_set_nothing_is_genuine(self, client, settings):
        settings.TWILIO_AUTH_TOKEN = settings.TWILIO_ACCOUNT_SID = ""
        self.refused(client, *text(), token="")

    def test_a_page_cannot_be_got(self, client):
        assert client.get(reverse("messaging:twilio_status")).status_code in (403, 405)


def test_parameters_that_twilio_adds_one_day_are_no_trouble(client):
    texting_patient()
    assert post(client, *text("hi", ChannelMetadata='{"a": 1}', FromCountry="US")).status_code == 200


def test_a_text_that_the_carrier_acted_on(client):
    texting_patient()
    post(client, *text("Stop", OptOutType="STOP"))
    assert InboundMessage.objects.get().intent == "stop"


def test_a_refused_knock_leaves_no_traceback(client, caplog):
    path, fields = text()
    assert post(client, path, fields, token="another").status_code == 403
    assert [record for record in caplog.records if record.exc_info] == []
