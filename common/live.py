"""Telling open pages that something changed. What changed they ask the server for, with their own rights."""

import logging

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def desk_group(clinic_public_id: str) -> str:
    """The channel group that a clinic's open desks listen to."""
    return f"desk.{clinic_public_id}"


def changed(clinic_public_id: str, *subjects: str) -> None:
    """After commit, tell the clinic's open desks that these subjects (`visit:<public id>`) changed.

    A lost message costs freshness, never data, so a layer that is down is logged and swallowed.
    """
    transaction.on_commit(lambda: _announce(desk_group(clinic_public_id), list(subjects)))


def _announce(group: str, subjects: list[str]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(group, {"type": "desk.changed", "subjects": subjects})
    except (RedisError, OSError, TimeoutError):
        logger.warning("live_update_not_sent", extra={"group": group})
