"""Who is writing an answer right now, so that two colleagues do not answer the same text. Forgotten by itself."""

from django.core.cache import cache

from accounts.models import User
from common import live
from messaging.models import Conversation

LASTS_SECONDS = 30


def begun(conversation: Conversation, user: User) -> None:
    """The user types. Open pages are told once, not at every key."""
    known = cache.get(_key(conversation))
    cache.set(_key(conversation), [user.public_id, str(user)], timeout=LASTS_SECONDS)
    if not known or known[0] != user.public_id:
        live.changed(conversation.clinic.public_id, conversation.subject)


def over(conversation: Conversation, user: User) -> None:
    """The user has sent what they wrote."""
    if (cache.get(_key(conversation)) or [""])[0] == user.public_id:
        cache.delete(_key(conversation))


def somebody_else(conversation: Conversation, user: User) -> str:
    """The name of the colleague who typed last; empty when nobody else does."""
    who, name = cache.get(_key(conversation)) or ("", "")
    return name if who and who != user.public_id else ""


def _key(conversation: Conversation) -> str:
    return f"replying:{conversation.public_id}"
