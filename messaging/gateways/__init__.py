"""The ways out: one for texts, chosen by MESSAGE_TRANSPORT, and one for e-mail."""

from django.conf import settings

from messaging.gateways.base import Gateway
from messaging.gateways.email import EmailGateway
from messaging.gateways.local import LocalGateway
from messaging.gateways.twilio_sms import TwilioGateway
from messaging.states import Channel

_TEXTS = {"local": LocalGateway, "twilio": TwilioGateway}


def of(channel: str) -> Gateway:
    """The gateway for a channel."""
    return EmailGateway() if channel == Channel.EMAIL else _TEXTS[settings.MESSAGE_TRANSPORT]()
