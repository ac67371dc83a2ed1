"""How the installation stands, part by part, for administrators; and whether desks should be warned."""

import asyncio
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import redis
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.db.models import Count, Max, Min
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.timefmt import format_when
from config.health import checks, heartbeat
from messaging.models import Message, MessageEvent
from messaging.states import NOT_DELIVERED, Channel, Status

_LIVE = gettext_lazy("Live updates and calls")
_QUEUE = gettext_lazy("Queue")
_TEXTS = gettext_lazy("Texts")
TROUBLED = "status:troubled"  # the cache key
OK, WARN, DOWN, OFF = "ready", "attention", "problem", "neutral"
ANSWERS_WITHIN = 1.0  # seconds
LATE_AFTER = timedelta(minutes=2)
LONG_QUEUE = 100  # jobs; workers take hundreds a second
FAILURES_OF = timedelta(days=1)
STUN_PORT = 3478
_WARNED_FOR = 30  # seconds for which the desks' warning is kept
_BINDING_REQUEST = b"\x00\x01\x00\x00\x21\x12\xa4\x42"  # RFC 8489, section 5; twelve random bytes follow


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the page: `kind` is a status kind of the templates."""

    name: str
    kind: str
    words: str


def parts(now: datetime) -> list[Part]:
    """Every part, asked anew; none of them raises."""
    up = checks.readiness()
    found = [
        _up(_("Database"), up["database"] and up["migrations"]),
        _up(_("Redis"), up["redis"]),
        _up(_("Workers"), up["worker"]),
        _up(_("Scheduler"), up["beat"]),
    ]
    return found + [_asked(_LIVE, signalling), _asked(_QUEUE, queue), _asked(_TEXTS, lambda: texts(now)), relay()]


def troubled() -> bool:
    """Whether desks should know that texts and live updates may be late. Asked at most twice a minute."""
    known = cache.get(TROUBLED)
    if known is None:
        up = checks.readiness()
        known = int(not all(up.values()))
        cache.set(TROUBLED, known, _WARNED_FOR)
    return bool(known)


def signalling() -> Part:
    """One message sent to ourselves through the channel layer that calls and desks use."""
    try:
        came = async_to_sync(_round_trip)()
    except (redis.RedisError, OSError, TimeoutError):
        came = False
    return _up(_LIVE, came)


async def _round_trip() -> bool:
    layer = get_channel_layer()
    channel = await layer.new_channel()
    word = secrets.token_hex(8)
    await layer.send(channel, {"type": "status.probe", "word": word})
    async with asyncio.timeout(ANSWERS_WITHIN):
        return (await layer.receive(channel))["word"] == word


def queue() -> Part:
    waiting = heartbeat.client().llen("celery")
    words = ngettext("%(n)d job waits", "%(n)d jobs wait", waiting) % {"n": waiting}
    return Part(_QUEUE, WARN if waiting > LONG_QUEUE else OK, words)


def texts(now: datetime) -> Part:
    """Whether texts go out: nothing that was due lies about, and when the last one arrived."""
    overdue = Message.objects.due(now - LATE_AFTER).aggregate(n=Count("pk"), first=Min("next_attempt_at"))
    if overdue["n"]:
        words = ngettext("%(n)d message is late", "%(n)d messages are late", overdue["n"]) % {"n": overdue["n"]}
        return Part(_TEXTS, DOWN if now - overdue["first"] > 5 * LATE_AFTER else WARN, words)
    last = Message.objects.filter(channel=Channel.SMS, status=Status.DELIVERED).order_by("-pk").first()
    if last is None:
        return Part(_TEXTS, OK, _("none was sent yet"))
    when = format_when(last.sent_at, settings.TIME_ZONE)
    return Part(_TEXTS, OK, _("the last one arrived %(when)s") % {"when": when})


def relay() -> Part:
    """Whether the first TURN server answers a binding request. Over TCP or TLS only that it takes a connection."""
    name = _("Relay for video (TURN)")
    if not settings.TURN_URLS:
        return Part(name, OFF, _("not set up: video works between computers that can reach each other"))
    try:
        reached = _reaches(settings.TURN_URLS[0])
    except (OSError, ValueError):
        reached = False
    return _up(name, reached)


def _reaches(url: str) -> bool:
    """`turn:host:port?transport=udp`, as RFC 7065 writes it."""
    scheme, _colon, rest = url.partition(":")
    place = urlsplit(f"//{rest}")
    address = place.hostname, place.port or STUN_PORT
    if scheme == "turns" or "transport=tcp" in place.query:
        with socket.create_connection(address, timeout=ANSWERS_WITHIN):
            return True
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(ANSWERS_WITHIN)
        token = secrets.token_bytes(12)
        probe.sendto(_BINDING_REQUEST + token, address)
        return token in probe.recv(512)


def failures(now: datetime) -> list[dict]:
    """What was not delivered in a day, by the carrier's code: {"code", "channel", "n", "last"}, the newest first."""
    rows = MessageEvent.objects.filter(status__in=NOT_DELIVERED, at__gte=now - FAILURES_OF)
    grouped = rows.values("code", "message__channel").annotate(n=Count("pk"), last=Max("at"))
    return [
        {"code": row["code"], "channel": Channel(row["message__channel"]).label, "n": row["n"], "last": row["last"]}
        for row in grouped.order_by("-last")
    ]


def _asked(name: str, ask: Callable[[], Part]) -> Part:
    try:
        return ask()
    except (redis.RedisError, DatabaseError):
        return _up(name, up=False)


def _up(name: str, up: bool) -> Part:  # noqa: FBT001
    return Part(name, OK if up else DOWN, _("works") if up else _("does not answer"))
