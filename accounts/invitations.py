"""Invitations: a link that lets a new colleague choose a password, for three days and once."""

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User

_SALT = "accounts.invitation"


class InvitationOver(Exception):
    """The link is too old, was used, was replaced by a newer one, or never was one."""


def token_for(user: User) -> str:
    """A token bound to the password as it is now: choosing one, or inviting again, ends it."""
    return signing.dumps({"user": user.public_id, "state": _state(user)}, salt=_SALT)


def address_of(user: User) -> str:
    """The whole address of a fresh invitation."""
    return settings.PUBLIC_BASE_URL + reverse("accounts:invitation", args=[token_for(user)])


def user_of(token: str) -> User:
    """The active user whom the token lets in. Raises InvitationOver."""
    try:
        claim = signing.loads(token, salt=_SALT, max_age=settings.INVITATION_SECONDS)
    except signing.BadSignature as error:
        raise InvitationOver from error
    user = User.objects.filter(public_id=claim["user"], is_active=True).first()
    if user is None or not constant_time_compare(claim["state"], _state(user)):
        raise InvitationOver
    return user


def _state(user: User) -> str:
    return salted_hmac(_SALT, f"{user.public_id}:{user.password}").hexdigest()[:32]
