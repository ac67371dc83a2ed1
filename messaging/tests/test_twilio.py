"""The official SDK against a double of Twilio's HTTP API."""

import inspect
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from messaging import delivery, gateways, sweeping
from messaging.gateways import base, email, local, twilio_sms
from messaging.gateways.base import Accepted, Found, Missing, Rejected, Retry, Unanswerable, Unknown
from messaging.models import InboundMessage, Message
from messaging.states import Status
from messaging.tests import twilio_double
from messaging.tests.factories import planned, texting_patient


@pytest.fixture
def twilio(settings):
    with twilio_double.running() as double:
        settings.MESSAGE_TRANSPORT = "twilio"
        settings.TWILIO_ACCOUNT_SID = twilio_double.ACCOUNT
        settings.TWILIO_AUTH_TOKEN = twilio_double.TOKEN
        settings.TWILIO_FROM = "+12025550100"
        settings.TWILIO_API_BASE_URL = double.address
        settings.PUBLIC_BASE_URL = "https://portal.example.com"
        yield double


@pytest.fixture
def gateway():
    return gateways.of("sms")


def message_now(**draft) -> Message:
    message = planned(now=timezone.now(), urgent=True, **draft)
    message.sending_at = timezone.now()
    return message


@pytest.mark.parametrize("vendor", [local.LocalGateway, twilio_sms.TwilioGateway, email.EmailGateway])
@pytest.mark.parametrize("method", ["send", "find", "fetch"])
def test_every_gateway_has_the_same_signatures(vendor, method):
    expected = inspect.signature(getattr(base.Gateway, method))
    assert list(inspect.signature(getattr(vendor, method)).parameters) == list(expected.parameters)
    assert isinstance(vendor.name, str) and isinstance(vendor.answers_keywords, bool)


@pytest.mark.django_db
def test_a_message_goes_out_as_twilio_wants_it(twilio, gateway):
    message = message_now()
    result = gateway.send(message, timezone.now())
    [made] = twilio.messages
    assert result == Accepted(made["sid"])
    [fields] = twilio.requests
    assert fields["To"] == message.to and fields["From"] == "+12025550100" and fields["Body"] == message.body
    assert fields["StatusCallback"] == (
        f"https://portal.example.com/webhooks/twilio/status/?message={message.public_id}"
    )
    assert 0 < int(fields["ValidityPeriod"]) <= 36_000


@pytest.mark.django_db
def test_a_messaging_service_stands_for_the_number(twilio, gateway, settings):
    settings.TWILIO_MESSAGING_SERVICE_SID = "MG1"
    gateway.send(message_now(), timezone.now())
    assert twilio.requests[0]["MessagingServiceSid"] == "MG1" and "From" not in twilio.requests[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fault", "result"),
    [
        (429, Retry("20429")),
        (503, Unknown("20503")),
        (500, Unknown("20500")),
        (401, Retry("20003", 900, counted=False)),
        (400, Rejected("20001")),
    ],
)
def test_what_an_http_error_means(twilio, gateway, fault, result):
    twilio.faults.append(fault)
    assert gateway.send(message_now(), timezone.now()) == result


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "code"), [("+15005550001", "21211"), ("+15005550004", "21610")])
def test_magic_numbers_are_refused_as_locally(twilio, gateway, number, code):
    patient = texting_patient(mobile=number)
    message = planned(patient, now=timezone.now())
    assert gateway.send(message, timezone.now()) == Rejected(code)
    assert local.LocalGateway().send(message, timezone.now()) == Rejected(code)


@pytest.mark.django_db
@pytest.mark.parametrize("fault", ["reset", "refuse", "timeout"])
def test_a_lost_answer_is_unknown(twilio, gateway, fault, monkeypatch):
    monkeypatch.setattr(twilio_sms.client().http_client, "timeout", 0.5)
    twilio.faults.append(fault)
    assert isinstance(gateway.send(message_now(), timezone.now()), Unknown)


@pytest.mark.django_db
def test_nobody_there_is_unknown_or_later_but_never_an_exception(twilio, gateway, settings):
    settings.TWILIO_API_BASE_URL = "http://127.0.0.1:9"
    assert isinstance(gateway.send(message_now(), timezone.now()), (Unknown, Retry))
    assert gateway.find(message_now(dedupe_key="other")) == Unanswerable(ever=True)


@pytest.mark.django_db
@pytest.mark.parametrize(("fault", "made"), [("reset", True), ("refuse", False)])
def test_a_lost_answer_ends_in_exactly_one_message(twilio, fault, made):
    """Made: found by listing and left alone. Not made: sent once more."""
    now = timezone.now()
    message = message_now()
    twilio.faults.append(fault)
    delivery.deliver_batch([message.pk], timezone.now)
    message.refresh_from_db()
    assert message.status == Status.UNKNOWN and len(twilio.messages) == made

    assert sweeping.settle_unknown(now + timedelta(seconds=30)) == 0, "not before Twilio's list can know it"
    later = now + timedelta(minutes=2)
    assert sweeping.settle_unknown(later) == 1
    delivery.deliver_batch([message.pk], lambda: later + timedelta(minutes=2))

    message.refresh_from_db()
    assert message.status == Status.ACCEPTED and len(twilio.messages) == 1
    assert message.provider_sid == twilio.messages[0]["sid"]


@pytest.mark.django_db
def test_equal_words_to_one_number_are_told_apart(twilio, gateway):
    """Two answers alike: the first one's record must not stand for the second, whose answer was lost."""
    first = message_now(dedupe_key="first")
    delivery.deliver_batch([first.pk], timezone.now)
    second = planned(first.patient, now=timezone.now(), urgent=True, dedupe_key="second")
    twilio.faults.append("refuse")
    delivery.deliver_batch([second.pk], timezone.now)
    second.refresh_from_db()
    assert gateway.find(second) == Missing()


@pytest.mark.django_db
def test_what_became_of_a_message_can_be_asked(twilio, gateway):
    sid = gateway.send(message_now(), timezone.now()).sid
    twilio.messages[0]["status"] = "delivered"
    assert gateway.fetch(sid) == Found(sid, Status.DELIVERED)
    assert gateway.fetch("SM0") == Missing()


@pytest.mark.django_db
def test_a_time_limit_is_kept(twilio, gateway, monkeypatch):
    assert twilio_sms.client().http_client.timeout == 10
    monkeypatch.setattr(twilio_sms.client().http_client, "timeout", 0.3)
    twilio.faults.append("timeout")
    started = time.monotonic()
    gateway.send(message_now(), timezone.now())
    assert time.monotonic() - started < 1.2


@pytest.mark.django_db
def test_a_region_in_the_environment_does_not_garble_the_address(twilio, gateway, monkeypatch):
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    assert isinstance(gateway.send(message_now(), timezone.now()), Accepted)


@pytest.mark.django_db
def test_credentials_and_words_stay_out_of_the_log(twilio, gateway, caplog):
    caplog.set_level("DEBUG")
    twilio.faults.append(401)
    gateway.send(message_now(), timezone.now())
    ours = "".join(str(record.__dict__) for record in caplog.records if record.name.startswith("messaging"))
    assert "sender_misconfigured" in ours
    assert twilio_double.TOKEN not in caplog.text and "5550123" not in ours


@pytest.mark.django_db(transaction=True)
def test_the_whole_round_over_the_wire(twilio, live_server):
    """Out by the SDK, receipts and a text back as signed requests to a running server."""
    message = message_now()
    delivery.deliver_batch([message.pk], timezone.now)
    [made] = twilio.messages
    callback = twilio.callbacks[made["sid"]]
    here = callback.replace("https://portal.example.com", live_server.url)
    for word in ("delivered", "sent", "delivered"):
        assert twilio_double.post_webhook(here, callback, twilio.webhook_fields(made, word)) == 204
    message.refresh_from_db()
    assert message.status == Status.DELIVERED and message.events.filter(source="callback").count() == 2

    inbound = "/webhooks/twilio/inbound/"
    text = {"AccountSid": twilio_double.ACCOUNT, "MessageSid": "SM9", "From": message.to, "To": "+12025550100",
            "Body": "¿Me puede llamar?", "NumMedia": "0"}  # fmt: skip
    address = "https://portal.example.com" + inbound
    assert twilio_double.post_webhook(live_server.url + inbound, address, text) == 200
    assert InboundMessage.objects.get().body == "¿Me puede llamar?"
