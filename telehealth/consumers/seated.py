"""A socket that somebody with a seat holds open: who it is, whether the page is still there, and that there is one."""

import asyncio
import time

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.utils import timezone

from accounts import sockets
from common.live import desk_group
from telehealth import live, presence
from telehealth.consumers import codes, seats
from telehealth.consumers.course import Course
from telehealth.consumers.limits import LARGEST_MESSAGE, Pace
from telehealth.consumers.messages import read
from telehealth.models import Participant

IDLE_SECONDS = 70  # a page in the background of a phone may speak no oftener than once a minute


class SeatedConsumer(AsyncJsonWebsocketConsumer):
    """Lets in who has a seat, one page a participant. Every 15 s it asks anew for seat and rights, and says `ping`."""

    group = ""
    ended = False

    async def connect(self) -> None:
        if not sockets.same_origin(self.scope):
            await self.close(codes.NOT_THIS_VISIT)
            return
        found = await self._find()
        await self.accept()  # a page can read a close code only of a socket that was open
        if isinstance(found, int):
            await self.end(found)
            return
        self.me, self.replaced = found, False
        self.number = await database_sync_to_async(presence.next_page)(found.public_id)
        self.pace, self.heard_at, self.course = Pace(), time.monotonic(), Course(found)
        self.enter()
        self.group = live.room_group(found.session.public_id)
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.tell("room.newest", pid=found.public_id, number=self.number)
        await self._show_presence("here")
        self.beats = asyncio.create_task(self._beat())

    async def disconnect(self, code: int) -> None:
        if not self.group:
            return
        self.beats.cancel()
        self.course.stop()
        await self.channel_layer.group_discard(self.group, self.channel_name)
        if not self.replaced:  # else the newer page of this participant is here
            await self.gone()
            await self._show_presence("")

    async def receive(self, text_data=None, bytes_data=None, **kwargs) -> None:
        if not self.group or self.ended:
            return
        self.heard_at = time.monotonic()
        if not self.pace.allows(self.heard_at):
            await self.end(codes.TOO_FAST)
        elif len((text_data or "").encode()) >= LARGEST_MESSAGE:
            await self.end(codes.TOO_LARGE)
        elif message := read(text_data):
            await self.said(message)

    async def end(self, code: int) -> None:
        """Close the socket, once."""
        if not self.ended:
            self.ended = True
            self.replaced = code == codes.JOINED_ELSEWHERE
            await self.close(code)

    def enter(self) -> None:
        """Before the room hears of this page."""

    async def gone(self) -> None:
        """The page is gone, and no newer one took its place."""

    async def said(self, message: dict) -> None:
        """A message of the page, an object with a type."""

    async def beat(self) -> None:
        """Every 15 seconds."""

    async def room_seat(self, event: dict) -> None:
        """Somebody sat down in a browser; in any other one that seat is over."""
        if event["pid"] == self.me.public_id and event["seat"] != self.me.seat_hash:
            await self.end(codes.JOINED_ELSEWHERE)

    async def room_newest(self, event: dict) -> None:
        """A participant opened the room; of several pages the newest stays."""
        if event["pid"] == self.me.public_id and event["number"] > self.number:
            await self.end(codes.JOINED_ELSEWHERE)

    async def group_send(self, message: dict) -> None:
        await self.channel_layer.group_send(self.group, message)

    async def tell(self, kind: str, **what) -> None:
        await self.group_send({"type": kind, **what})

    async def _beat(self) -> None:
        while not self.ended:
            await asyncio.sleep(presence.BEAT_SECONDS)
            if time.monotonic() - self.heard_at > IDLE_SECONDS:
                await self.end(codes.IDLE)
                return
            found = await self._find()
            if isinstance(found, int):
                await self.end(found)
                return
            await self.send_json({"type": "ping"})
            await self.beat()

    async def _show_presence(self, where: str) -> None:
        """Mark it, and let the room and the clinic's desks look anew."""
        pid, visit = self.me.public_id, self.me.session.appointment
        if where:
            await database_sync_to_async(presence.mark)(pid, where)
        else:
            await database_sync_to_async(presence.clear)(pid)
        await self.tell("room.state")
        desk = {"type": "desk.changed", "subjects": [visit.subject]}
        await self.channel_layer.group_send(desk_group(visit.clinic.public_id), desk)

    def find_now(self) -> Participant | int:
        """Who sits here, read anew, or the code that says why nobody does."""
        found = seats.find(self.scope, timezone.now())
        return seats.why_lost(self.me) if self.group and found == codes.NO_SEAT else found

    @database_sync_to_async
    def _find(self) -> Participant | int:
        if self.group and self.course.linked and seats.is_staff_page(self.scope):
            sockets.note_activity(self.scope)  # who talks to a patient is not away, though no page is asked for
        return self.find_now()
