"""What is done to accounts: invite, accept, let go, bring back, end sessions, reset a second factor."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts import tasks
from accounts.models import User
from common.tasks import enqueue
from compliance import audit


@transaction.atomic
def invite(*, user: User, by: User | None, clinic=None) -> User:
    """Send the user a link to choose a password. Every earlier link, and any password, stops working."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    audit.record(action="accounts.user_invited", actor=by, clinic=clinic, subject=f"user:{user.public_id}")
    enqueue(tasks.send_invitation, user_id=user.pk)
    return user


@transaction.atomic
def accept_invitation(*, user: User, password: str) -> User:
    """Take the password that the invited user chose."""
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record(action="accounts.invitation_accepted", actor=user, subject=f"user:{user.public_id}")
    return user


@transaction.atomic
def change_preferences(*, user: User) -> User:
    """Save what the user chose for themselves."""
    user.save(update_fields=["name", "density", "shortcuts_enabled"])
    audit.record(action="accounts.preferences_changed", actor=user, subject=f"user:{user.public_id}")
    return user


@transaction.atomic
def deactivate(*, user: User, by: User | None) -> User:
    """End the user's access: sessions at once, open sockets at their next message."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    _end_sessions(user)
    audit.record(action="accounts.user_deactivated", actor=by, subject=f"user:{user.public_id}")
    return user


@transaction.atomic
def reactivate(*, user: User, by: User | None) -> User:
    """Let the user sign in again, with the old password and second factor."""
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record(action="accounts.user_reactivated", actor=by, subject=f"user:{user.public_id}")
    return user


@transaction.atomic
def end_sessions(*, user: User, by: User | None) -> int:
    """Sign the user out everywhere. Returns how many sessions ended."""
    ended = _end_sessions(user)
    audit.record(action="accounts.sessions_ended", actor=by, subject=f"user:{user.public_id}", detail={"count": ended})
    return ended


@transaction.atomic
def reset_second_factor(*, user: User, by: User | None) -> None:
    """Remove the user's authenticator app and recovery codes (a lost phone), and sign the user out everywhere."""
    Authenticator.objects.filter(user=user).delete()
    _end_sessions(user)
    audit.record(action="accounts.second_factor_reset", actor=by, subject=f"user:{user.public_id}")


def _end_sessions(user: User) -> int:
    open_sessions = list(UserSession.objects.filter(user=user))
    for session in open_sessions:
        session.end()
    return len(open_sessions)
