"""Calls through Twilio's official SDK: each phone is dialed into one conference.

https://www.twilio.com/docs/voice/api/call-resource, https://www.twilio.com/docs/voice/twiml/conference
"""

import logging

import requests
from django.conf import settings
from django.urls import reverse
from twilio.base.exceptions import TwilioException
from twilio.twiml.voice_response import VoiceResponse

from messaging.gateways.twilio_sms import client
from messaging.gateways.voice import Dialed, NotDialed

logger = logging.getLogger(__name__)

RINGS_SECONDS = 40
_EVENTS = ["initiated", "ringing", "answered", "completed"]


class TwilioVoice:
    name = "twilio"

    def dial(self, leg) -> Dialed | NotDialed:
        try:
            call = client().calls.create(
                to=leg.number,
                from_=settings.TWILIO_FROM,
                twiml=_instructions(leg),
                timeout=RINGS_SECONDS,
                status_callback=f"{settings.PUBLIC_BASE_URL}{reverse('messaging:twilio_call')}?leg={leg.public_id}",
                status_callback_event=_EVENTS,
                status_callback_method="POST",
            )
        except TwilioException as error:
            return NotDialed(str(getattr(error, "code", "") or type(error).__name__))
        except requests.RequestException as error:
            return NotDialed(type(error).__name__)
        return Dialed(call.sid)

    def hang_up(self, leg) -> None:
        try:
            client().calls(leg.sid).update(status="completed")
        except (TwilioException, requests.RequestException):
            logger.warning("call_not_ended", extra={"leg": leg.public_id})


def _instructions(leg) -> str:
    """Whoever answers is in the conference; it is over when the member of staff leaves. Nothing is recorded."""
    response = VoiceResponse()
    response.dial().conference(
        leg.bridge.public_id,
        beep=False,
        start_conference_on_enter=True,
        end_conference_on_exit=leg.side == "staff",
        record="do-not-record",
    )
    return str(response)
