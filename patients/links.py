"""Signed-in-by-possession links: 192 random bits that open one thing for one purpose until a given time.

Only the SHA-256 of a token is stored. Opening a link changes nothing: mail scanners open links too.
"""

import hashlib
import secrets
from datetime import datetime

from django.utils import timezone

from patients.errors import LinkExpired, LinkRevoked, LinkUnknown
from patients.models import AccessLink

TOKEN_BYTES = 24
MAX_TOKEN_LENGTH = 64


def issue(*, patient, clinic, purpose: str, subject: str, expires_at: datetime) -> str:
    """Make a link about `subject` (`visit:<public id>`) and return its token; it can't be read again later.

    Part of the caller's action, whose audit row names the subject.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    AccessLink.objects.create(
        patient=patient,
        clinic=clinic,
        purpose=purpose,
        subject=subject,
        token_hash=token_hash(token),
        expires_at=expires_at,
    )
    return token


def resolve(token: str, purpose: str, now: datetime) -> AccessLink:
    """The link, with its patient and clinic. LinkUnknown, LinkRevoked or LinkExpired when it opens nothing."""
    if len(token) > MAX_TOKEN_LENGTH:
        raise LinkUnknown
    rows = AccessLink.objects.select_related("patient", "clinic")
    link = rows.filter(token_hash=token_hash(token), purpose=purpose).first()
    if link is None:
        raise LinkUnknown
    if link.revoked_at:
        raise LinkRevoked(link)
    if link.expires_at <= now:
        raise LinkExpired(link)
    return link


def mark_opened(link: AccessLink, now: datetime) -> None:
    """Note the first time somebody acted through the link."""
    AccessLink.objects.filter(pk=link.pk, first_opened_at=None).update(first_opened_at=now)


def revoke(*, subject: str = "", patient=None, now: datetime | None = None, purpose: str | None = None) -> int:
    """Take back every link about `subject` or of `patient` (of one purpose, if given); how many were still open."""
    if not (subject or patient):
        raise ValueError("Name the links by subject, by patient, or by both.")
    named = {"subject": subject, "patient": patient, "purpose": purpose}
    links = AccessLink.objects.filter(revoked_at=None, **{name: value for name, value in named.items() if value})
    return links.update(revoked_at=now or timezone.now())


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
