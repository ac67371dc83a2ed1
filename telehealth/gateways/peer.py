"""Media between the browsers themselves: the servers that help them find a way to each other.

A TURN server of the coturn kind checks its users by a shared secret ("REST API for access to TURN services"): the user
name is `<when it ends>:<anything>`, the password its HMAC. So no account is made, and what a browser gets soon ends.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings


def media(seat: str, now: datetime) -> dict:
    """What an admitted participant's browser needs to call the others, ready for JSON.

    `ice` is for RTCPeerConnection, `ttl` in seconds. Without STUN and TURN in the settings browsers find each other on
    one machine or network. `seat` is any text that tells participants apart; the TURN server sees only its hash.
    """
    ttl = timedelta(seconds=settings.TURN_TTL_SECONDS)
    servers = [{"urls": settings.STUN_URLS}] if settings.STUN_URLS else []
    if settings.TURN_URLS:
        servers.append({"urls": settings.TURN_URLS, **credentials(seat, int((now + ttl).timestamp()))})
    return {"kind": "peer", "ice": servers, "ttl": settings.TURN_TTL_SECONDS}


def credentials(seat: str, ends_at: int) -> dict:
    """User name and password that the TURN server accepts until `ends_at`, in seconds since the epoch."""
    username = f"{ends_at}:{hashlib.sha256(seat.encode()).hexdigest()[:16]}"
    return {"username": username, "credential": password(username, settings.TURN_SECRET)}


def password(username: str, secret: str) -> str:
    """Base64 of the HMAC-SHA1 that coturn computes with its `static-auth-secret`."""
    return base64.b64encode(hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()).decode()
