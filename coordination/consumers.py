"""The desk's socket: says which subjects of a clinic changed, never what they are.

What changed the page asks for over HTTP, with its own session and rights. The socket itself re-checks both on every
heartbeat, so that it ends when the person signs out, runs out of time or loses the clinic.
"""

import asyncio
import time
from contextlib import suppress

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from accounts import sockets
from accounts.permissions import Permission
from clinics.models import Clinic
from common.live import desk_group

HEARTBEAT_SECONDS = 20
AT_MOST_EVERY_SECONDS = 1.0
SIGNED_OUT = 4401
NOT_YOURS = 4403


class DeskConsumer(AsyncJsonWebsocketConsumer):
    """Sends `{"type": "changed", "subjects": [...]}` at most once a second, and `{"type": "beat"}` in between."""

    group = ""

    async def connect(self) -> None:
        if not sockets.same_origin(self.scope):
            await self.close(NOT_YOURS)
            return
        refused = await self._why_refused()
        await self.accept()  # a page can read a close code only of a socket that was open
        if refused:
            await self.close(refused)
            return
        self.waiting: set[str] = set()
        self.last_sent = 0.0
        self.flush: asyncio.Task | None = None
        self.group = desk_group(self.scope["url_route"]["kwargs"]["clinic_id"])
        await self.channel_layer.group_add(self.group, self.channel_name)
        self.heartbeat = asyncio.create_task(self._beat())
        await self.send_json({"type": "beat"})

    async def disconnect(self, code: int) -> None:
        if not self.group:
            return
        await self.channel_layer.group_discard(self.group, self.channel_name)
        for task in (self.heartbeat, self.flush):
            if task and task is not asyncio.current_task():
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def receive(self, text_data=None, bytes_data=None, **kwargs) -> None:
        """The page has nothing to say here."""

    async def desk_changed(self, event: dict) -> None:
        """A message of the group: kept for up to a second, so that a burst is one message."""
        self.waiting.update(event["subjects"])
        if self.flush is None or self.flush.done():
            self.flush = asyncio.create_task(self._flush())

    async def _flush(self) -> None:
        await asyncio.sleep(max(0.0, self.last_sent + AT_MOST_EVERY_SECONDS - time.monotonic()))
        subjects, self.waiting = sorted(self.waiting), set()
        self.last_sent = time.monotonic()
        await self.send_json({"type": "changed", "subjects": subjects})

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            refused = await self._why_refused()
            if refused:
                await self.close(refused)
                return
            await self.send_json({"type": "beat"})

    @database_sync_to_async
    def _why_refused(self) -> int:
        """The close code that tells the page why; 0 when the person may listen. Reads session and rights anew."""
        user = sockets.user_of(self.scope)
        if user is None:
            return SIGNED_OUT
        clinics = Clinic.objects.active().filter(pk__in=user.clinic_ids(Permission.DESK_VIEW))
        clinic_id = self.scope["url_route"]["kwargs"]["clinic_id"]
        return 0 if clinics.filter(public_id=clinic_id).exists() else NOT_YOURS
