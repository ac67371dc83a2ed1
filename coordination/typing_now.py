"""Who is writing an answer right now, so that two colleagues do not answer the same text. Forgotten by itself."""

from collections.abc import Iterable

from django.core.cache import cache

from accounts.models import User
from common import live
from messaging.models import Conversation

LASTS_SECONDS = 30


def begun(conversation: Conversation, user: User) -> None:
    """The user types. Open pages are told once, not at every key."""
    if cache.add(_key(conversation, user), True, timeout=LASTS_SECONDS):
        live.changed(conversation.clinic.public_id, conversation.subject)
    else:
        cache.touch(_key(conversation, user), timeout=LASTS_SECONDS)


def over(conversation: Conversation, user: User) -> None:
    """The user has sent what they wrote."""
    cache.delete(_key(conversation, user))


def somebody_else(conversation: Conversation, user: User, team: Iterable[User]) -> str:
    """The name of a colleague of the team who types; empty when nobody else does."""
    others = {_key(conversation, one): one for one in team if one.pk != user.pk}
    found = cache.get_many(others)
    return next((str(one) for key, one in others.items() if key in found), "")


def _key(conversation: Conversation, user: User) -> str:
    """One for each who types: nobody overwrites what is known of a colleague."""
    return f"typing:{conversation.public_id}:{user.public_id}"
