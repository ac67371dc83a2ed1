"""Telling the people of a visit and the clinic's desks that its session changed: what changed they ask for."""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

from common import live
from telehealth.models import VisitSession


def room_group(session_public_id: str) -> str:
    """The channel group of everybody who has the visit's room open."""
    return f"room.{session_public_id}"


def room_changed(session: VisitSession) -> None:
    """After commit: everybody in the room asks for the state anew, and so do the clinic's desks."""
    live.changed(session.appointment.clinic.public_id, session.appointment.subject)
    transaction.on_commit(lambda: tell(session.public_id, {"type": "room.state"}))


def tell(session_public_id: str, event: dict) -> None:
    """A message to the room's sockets. One that is lost costs freshness: the pages also ask every ten seconds."""
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(room_group(session_public_id), event)
    except (RedisError, OSError, TimeoutError):
        live.logger.warning("live_update_not_sent", extra={"group": "room"})
