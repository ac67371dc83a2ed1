"""What Django and allauth announce about signing in, and what follows: clocks, audit rows, at most five sessions."""

import time

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.account.signals import user_logged_in as allauth_user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from accounts import sessions
from compliance import audit


def connect() -> None:
    """Called once, when the app is ready."""
    user_logged_in.connect(_begin_session)
    user_logged_out.connect(_record_sign_out)
    user_login_failed.connect(_record_failure)
    allauth_user_logged_in.connect(_end_oldest_sessions)
    authenticator_added.connect(_note_second_factor)
    for signal, action in (
        (authenticator_added, "accounts.second_factor_added"),
        (authenticator_removed, "accounts.second_factor_removed"),
        (authenticator_reset, "accounts.second_factor_renewed"),
        (password_changed, "accounts.password_changed"),
        (password_set, "accounts.password_set"),
        (password_reset, "accounts.password_reset"),
    ):
        signal.connect(_recorder(action), weak=False)


def _begin_session(sender, request, user, **kwargs) -> None:
    sessions.begin(request.session, time.time())
    audit.record(action="accounts.signed_in", actor=user, request=request)


def _record_sign_out(sender, request, user, **kwargs) -> None:
    if user is not None:
        audit.record(action="accounts.signed_out", actor=user, request=request)


def _record_failure(sender, credentials, request=None, **kwargs) -> None:
    """Without what was typed: a mistyped address may be a password."""
    audit.record(action="accounts.sign_in_failed", actor_label="visitor", outcome=audit.FAILED, request=request)


def _end_oldest_sessions(sender, request, user, **kwargs) -> None:
    """Keep the new session and the newest of the others; the oldest end."""
    others = UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key)
    for session in others.order_by("-created_at", "-pk")[settings.SESSION_MAX_CONCURRENT - 1 :]:
        session.end()


def _note_second_factor(sender, request, user, authenticator, **kwargs) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        sessions.note_second_factor(request.session, user)


def _recorder(action: str):
    def write(sender, request, user, **kwargs) -> None:
        audit.record(action=action, actor=user, request=request)

    return write
