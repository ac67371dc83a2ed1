from messaging.models.bridge import Bridge, Leg
from messaging.models.conversation import Conversation, InboundMessage, StoppedNumber
from messaging.models.local import LocalDelivery
from messaging.models.outbox import Message, MessageEvent
from messaging.models.template import MessageTemplate

__all__ = [
    "Bridge",
    "Conversation",
    "InboundMessage",
    "Leg",
    "LocalDelivery",
    "Message",
    "MessageEvent",
    "MessageTemplate",
    "StoppedNumber",
]
