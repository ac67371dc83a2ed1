"""Who stands behind a socket: the checks that a page gets from the middleware, for connections that stay open."""

import time
from importlib import import_module
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user

from accounts import sessions
from accounts.middleware import has_second_factor
from accounts.models import User


def same_origin(scope: dict) -> bool:
    """Whether the page that opened the socket came from this host; browsers always send both headers."""
    headers = dict(scope["headers"])
    origin, host = headers.get(b"origin", b"").decode(), headers.get(b"host", b"").decode()
    return bool(host) and urlsplit(origin).netloc.lower() == host.lower()


def user_of(scope: dict) -> User | None:
    """Who is signed in, read anew: None after signing out, running out of time, or without a needed second factor."""
    stored = _session(scope)
    if sessions.why_over(stored, time.time()):
        return None
    request = _Standing(stored)
    user = request.user = get_user(request)
    if not user.is_authenticated or (settings.MFA_REQUIRED and not has_second_factor(request)):
        return None
    return user


def note_activity(scope: dict) -> None:
    """The person does something that sends no requests, such as talking in a call: the idle clock starts again."""
    stored = _session(scope)
    sessions.touch(stored, time.time())
    if stored.modified:
        stored.save(must_create=False)


def _session(scope: dict):
    return import_module(settings.SESSION_ENGINE).SessionStore(scope["session"].session_key)


class _Standing:
    """What of a request the checks of a sign-in need. get_user also refuses a session from before a password change."""

    def __init__(self, session):
        self.session = session
        self.user = None
