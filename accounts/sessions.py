"""How long a sign-in lasts: an idle limit that only a person's own requests push on, and an absolute one."""

from datetime import UTC, datetime
from typing import NamedTuple

from allauth.usersessions.models import UserSession
from django.conf import settings

_STARTED = "_signed_in_at"
_ACTIVE = "_active_at"
_SECOND_FACTOR = "_second_factor_of"

IDLE = "idle"
ABSOLUTE = "absolute"


class Lifetime(NamedTuple):
    """Seconds since the epoch, as the session keeps them."""

    started: float
    active: float


def begin(session, now: float) -> None:
    """Start both clocks; called at sign-in."""
    session[_STARTED] = session[_ACTIVE] = int(now)


def touch(session, now: float) -> None:
    """The person did something. Saved at most every few seconds, so that most requests leave the session unwritten."""
    grain = min(10, settings.SESSION_IDLE_SECONDS // 30)
    if now - _lifetime(session).active <= grain:
        return
    session[_ACTIVE] = int(now)
    UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=datetime.fromtimestamp(now, UTC))


def why_over(session, now: float) -> str:
    """IDLE or ABSOLUTE when a limit has passed, else an empty text. A session without clocks is over."""
    lifetime = _lifetime(session)
    if now - lifetime.started >= settings.SESSION_ABSOLUTE_SECONDS:
        return ABSOLUTE
    if now - lifetime.active >= settings.SESSION_IDLE_SECONDS:
        return IDLE
    return ""


def seconds_left(session, now: float) -> int:
    """Seconds until the sign-in ends if nothing more is done, by whichever limit comes first."""
    lifetime = _lifetime(session)
    ends = min(lifetime.started + settings.SESSION_ABSOLUTE_SECONDS, lifetime.active + settings.SESSION_IDLE_SECONDS)
    return max(0, int(ends - now))


def note_second_factor(session, user) -> None:
    """The person has just proved a second factor by setting it up, which allauth does not count as a sign-in step."""
    session[_SECOND_FACTOR] = user.pk


def set_up_second_factor(session, user) -> bool:
    """Whether this session is the one in which the user set up a second factor."""
    return session.get(_SECOND_FACTOR) == user.pk


def _lifetime(session) -> Lifetime:
    return Lifetime(session.get(_STARTED, 0), session.get(_ACTIVE, 0))
