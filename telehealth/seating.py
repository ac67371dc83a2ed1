"""Whose seat a browser holds. The seat's cookie says `<participant>.<secret>`; the row keeps the secret's SHA-256."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from telehealth.models import Participant

SEAT_LIFETIME = timedelta(hours=12)


def cookie_name(session_public_id: str) -> str:
    """The name of the cookie under which a browser holds its seat in that session."""
    return f"seat-{session_public_id}"


def cookie_value(participant: Participant, secret: str) -> str:
    """What the cookie says. Only the browser that sat down last has it."""
    return f"{participant.public_id}.{secret}"


def participant_from(cookies: Mapping[str, str], session_public_id: str, now: datetime) -> Participant | None:
    """Who this browser is in that session, with the session and its visit; None if it holds no seat there (any more).

    One query; none without a cookie. For the room's pages and for its socket.
    """
    named = named_in(cookies, session_public_id)
    if named is None:
        return None
    participant, secret = named
    return participant if is_seated(participant, secret, now) else None


def named_in(cookies: Mapping[str, str], session_public_id: str) -> tuple[Participant, str] | None:
    """The participant of that session whom the cookie names, and the secret that it claims. Nothing is proved yet."""
    public_id, _dot, secret = cookies.get(cookie_name(session_public_id), "").partition(".")
    if not (public_id and secret):
        return None
    visit = "session__appointment__"
    found = (
        Participant.objects.filter(public_id=public_id, session__public_id=session_public_id)
        .select_related(f"{visit}patient", f"{visit}provider", f"{visit}visit_type", f"{visit}clinic")
        .first()
    )
    return (found, secret) if found else None


def is_seated(participant: Participant, secret: str, now: datetime) -> bool:
    """Whether the browser with this secret still holds the seat."""
    fresh = participant.seated_at is not None and now - participant.seated_at < SEAT_LIFETIME
    held = bool(participant.seat_hash) and secrets.compare_digest(participant.seat_hash, hash_of(secret))
    return fresh and held and participant.removed_at is None


def hash_of(secret: str) -> str:
    """What is stored of a secret or a token."""
    return hashlib.sha256(secret.encode()).hexdigest()
