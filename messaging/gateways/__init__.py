"""The ways out: for texts and calls, chosen by MESSAGE_TRANSPORT, and for e-mail."""

from django.conf import settings

from messaging.gateways.base import Gateway
from messaging.gateways.email import EmailGateway
from messaging.gateways.local import LocalGateway
from messaging.gateways.local_voice import LocalVoice
from messaging.gateways.twilio_sms import TwilioGateway
from messaging.gateways.twilio_voice import TwilioVoice
from messaging.gateways.voice import VoiceGateway
from messaging.states import Channel

_TEXTS = {"local": LocalGateway, "twilio": TwilioGateway}
_CALLS = {"local": LocalVoice, "twilio": TwilioVoice}


def of(channel: str) -> Gateway:
    """The gateway for a channel."""
    return EmailGateway() if channel == Channel.EMAIL else _TEXTS[settings.MESSAGE_TRANSPORT]()


def of_calls() -> VoiceGateway:
    """The gateway for calls."""
    return _CALLS[settings.MESSAGE_TRANSPORT]()
