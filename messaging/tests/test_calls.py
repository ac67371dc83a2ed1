"""Two phones in one conference: called once, followed by the carrier's words, ended by whoever hangs up."""

import inspect
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.tests.factories import UserFactory
from clinics.tests.factories import ClinicFactory
from compliance.models import AuditEvent
from messaging import calls, gateways
from messaging.actions import connect_by_phone, hang_up, settle_left_over
from messaging.errors import AlreadyOnThePhone
from messaging.gateways import local_voice, twilio_voice, voice
from messaging.gateways.voice import Dialed, NotDialed
from messaging.models import Bridge, Leg
from messaging.states import CALL_OVER, CALL_RANK, CallStatus
from messaging.tests import twilio_double
from patients.tests.factories import PatientFactory
from scheduling.tests.test_races import race

pytestmark = pytest.mark.django_db
NOW = timezone.now()
PATIENT, STAFF = "(202) 555-0111", "(202) 555-0122"


@pytest.fixture
def start():
    """start(): a bridge about one visit, both numbers planned."""
    clinic = ClinicFactory()
    patient, user = PatientFactory(clinics=[clinic]), UserFactory()

    def one(subject="visit:one", patient_number=PATIENT, staff_number=STAFF) -> Bridge:
        return connect_by_phone(
            clinic=clinic,
            patient=patient,
            subject=subject,
            patient_number=patient_number,
            staff_number=staff_number,
            by=user,
            now=NOW,
        )

    return one


def dialed(bridge: Bridge) -> list[Leg]:
    legs = list(bridge.legs.order_by("side"))
    for leg in legs:
        calls.dial(leg.pk, NOW)
        leg.refresh_from_db()
    return legs


def say(leg: Leg, word: str, later: int = 1) -> str:
    calls.take(leg_public_id=leg.public_id, sid=leg.sid, word=word, now=NOW + timedelta(seconds=later))
    leg.refresh_from_db()
    return leg.status


@pytest.mark.parametrize("vendor", [local_voice.LocalVoice, twilio_voice.TwilioVoice])
@pytest.mark.parametrize("method", ["dial", "hang_up"])
def test_every_gateway_has_the_same_signatures(vendor, method):
    expected = inspect.signature(getattr(voice.VoiceGateway, method))
    assert list(inspect.signature(getattr(vendor, method)).parameters) == list(expected.parameters)


def test_both_are_called_once(start):
    patient, staff = dialed(start())
    assert (patient.status, staff.status) == (CallStatus.RINGING, CallStatus.RINGING)
    calls.dial(patient.pk, NOW)
    assert Leg.objects.get(pk=patient.pk).sid == patient.sid


def test_one_bridge_at_a_time(start):
    bridge = start()
    with pytest.raises(AlreadyOnThePhone):
        start()
    with pytest.raises(IntegrityError), transaction.atomic():
        Bridge.objects.create(
            clinic=bridge.clinic, patient=bridge.patient, subject=bridge.subject, started_at=NOW,
            started_by=bridge.started_by,
        )  # fmt: skip
    assert start(subject="visit:two").pk != bridge.pk


@pytest.mark.parametrize("number", ["", "12", "+44 20 7946 0958", "+1 900 555 0123"])
def test_only_ordinary_numbers_at_home_are_called(start, number):
    with pytest.raises(ValueError, match=r"number"):
        start(staff_number=number)
    assert not Bridge.objects.exists() and not AuditEvent.objects.filter(action="messaging.bridge_started").exists()


@pytest.mark.parametrize("status", CallStatus)
@pytest.mark.parametrize(
    ("word", "means"),
    [
        ("initiated", CallStatus.DIALING), ("ringing", CallStatus.RINGING), ("in-progress", CallStatus.ANSWERED),
        ("completed", CallStatus.ENDED), ("busy", CallStatus.BUSY), ("no-answer", CallStatus.NO_ANSWER),
        ("failed", CallStatus.FAILED), ("canceled", CallStatus.ENDED), ("hummed", None),
    ],
)  # fmt: skip
def test_every_word_in_every_state(start, status, word, means):
    leg = dialed(start())[0]
    Leg.objects.filter(pk=leg.pk).update(status=status)
    rises = means is not None and CALL_RANK[means] > CALL_RANK[status]
    assert say(leg, word) == (means if rises else status)


def test_a_report_about_another_call_counts_for_nothing(start):
    leg = dialed(start())[0]
    assert not calls.take(leg_public_id=leg.public_id, sid="CAother", word="completed", now=NOW)
    assert not calls.take(leg_public_id="nobody", sid=leg.sid, word="completed", now=NOW)
    assert Leg.objects.get(pk=leg.pk).status == CallStatus.RINGING


def test_the_bridge_is_over_when_both_have_hung_up(start):
    bridge = start()
    patient, staff = dialed(bridge)
    say(patient, "in-progress")
    say(staff, "in-progress")
    say(patient, "completed")
    bridge.refresh_from_db()
    assert bridge.ended_at is None
    say(staff, "completed")
    bridge.refresh_from_db()
    assert bridge.ended_at is not None and patient.answered_at is not None


def test_hanging_up_ends_both(start, django_capture_on_commit_callbacks):
    bridge = start()
    dialed(bridge)
    hang_up(bridge=bridge, by=bridge.started_by, now=NOW)
    hang_up(bridge=bridge, by=bridge.started_by, now=NOW)
    assert {leg.status for leg in bridge.legs.all()} <= CALL_OVER
    assert AuditEvent.objects.filter(action="messaging.bridge_ended").count() == 1


def test_the_demo_s_phones_ring_and_answer(start, client, settings):
    settings.DEMO = True
    leg = dialed(start())[0]
    page = client.get("/phone/").content.decode()
    assert "(202) 555-0111" in page and "Answer" in page
    client.post(f"/phone/calls/{leg.public_id}/", {"word": "answer"})
    assert Leg.objects.get(pk=leg.pk).status == CallStatus.ANSWERED
    client.post(f"/phone/calls/{leg.public_id}/", {"word": "hang_up"})
    assert client.post(f"/phone/calls/{leg.public_id}/", {"word": "answer"}).status_code == 404
    settings.DEMO = False
    assert client.post(f"/phone/calls/{leg.public_id}/", {"word": "answer"}).status_code == 404


@pytest.mark.parametrize(
    ("status", "after", "becomes"),
    [
        (CallStatus.PLANNED, timedelta(minutes=4), CallStatus.FAILED),
        (CallStatus.RINGING, timedelta(minutes=4), CallStatus.FAILED),
        (CallStatus.RINGING, timedelta(minutes=1), CallStatus.RINGING),
        (CallStatus.ANSWERED, timedelta(hours=1), CallStatus.ANSWERED),
        (CallStatus.ANSWERED, timedelta(hours=5), CallStatus.ENDED),
    ],
)
def test_calls_whose_end_nobody_reports_keep_nobody_from_calling_again(start, status, after, becomes):
    bridge = start()
    bridge.legs.update(status=status)
    settle_left_over(NOW + after)
    bridge.refresh_from_db()
    assert {leg.status for leg in bridge.legs.all()} == {becomes}
    assert (bridge.ended_at is not None) is (becomes in CALL_OVER)


@pytest.mark.django_db(transaction=True)
def test_two_that_hang_up_at_once_end_the_bridge(start):
    bridge = start()
    patient, staff = dialed(bridge)
    outcomes = race([lambda leg=leg: calls.take(leg_public_id=leg.public_id, sid=leg.sid, word="completed", now=NOW)
                     for leg in (patient, staff)])  # fmt: skip
    bridge.refresh_from_db()
    assert outcomes == [True, True] and bridge.ended_at is not None


@pytest.mark.django_db(transaction=True)
def test_two_clicks_call_once(start):
    outcomes = race([start, start])
    assert sorted(type(one).__name__ for one in outcomes) == ["AlreadyOnThePhone", "Bridge"]
    assert Leg.objects.count() == 2


class TestTwilio:
    @pytest.fixture
    def twilio(self, settings):
        with twilio_double.running() as double:
            settings.MESSAGE_TRANSPORT = "twilio"
            settings.TWILIO_ACCOUNT_SID = twilio_double.ACCOUNT
            settings.TWILIO_AUTH_TOKEN = twilio_double.TOKEN
            settings.TWILIO_FROM = "+12025550100"
            settings.TWILIO_API_BASE_URL = double.address
            settings.PUBLIC_BASE_URL = "https://portal.example.com"
            yield double

    def test_a_call_goes_out_as_twilio_wants_it(self, twilio, start):
        bridge = start()
        patient, staff = dialed(bridge)
        fields = {one["To"]: one for one in twilio.calls}
        mine = fields[patient.number]
        assert mine["From"] == "+12025550100"
        assert mine["StatusCallback"] == f"https://portal.example.com/webhooks/twilio/call/?leg={patient.public_id}"
        assert bridge.public_id in mine["Twiml"] and 'endConferenceOnExit="false"' in mine["Twiml"]
        assert 'endConferenceOnExit="true"' in fields[staff.number]["Twiml"]
        assert patient.sid.startswith("CA")

    def test_the_carrier_s_report_is_believed_only_when_signed(self, twilio, start, client):
        leg = dialed(start())[0]
        path = f"/webhooks/twilio/call/?leg={leg.public_id}"
        fields = {"AccountSid": twilio_double.ACCOUNT, "CallSid": leg.sid, "CallStatus": "in-progress"}
        assert client.post(path, fields).status_code == 403
        headers = twilio_double.signed("https://portal.example.com" + path, fields)
        assert client.post(path, fields, headers=headers).status_code == 204
        assert Leg.objects.get(pk=leg.pk).status == CallStatus.ANSWERED

    def test_hanging_up_ends_the_call_there(self, twilio, start):
        leg = dialed(start())[0]
        calls.end(leg.pk)
        assert twilio.ended == [leg.sid]

    @pytest.mark.parametrize("fault", [400, 401, 429, 500, "reset", "refuse"])
    def test_what_fails_is_said_and_not_tried_again(self, twilio, start, fault):
        twilio.faults = [fault]
        leg = start().legs.first()
        calls.dial(leg.pk, NOW)
        leg.refresh_from_db()
        assert leg.status == CallStatus.FAILED and leg.failure
        calls.dial(leg.pk, NOW)
        assert len(twilio.calls) <= 1


def test_the_local_gateway_is_the_default():
    assert gateways.of_calls().name == "local"
    assert isinstance(gateways.of_calls().dial(None), Dialed)
    assert NotDialed("x").code == "x"
