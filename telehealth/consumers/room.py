"""The room's socket, protocol 1: what the visit's state is, and a pipe between browsers that are in one call.

What it sends is always a full picture, never a replay: a page that comes back needs nothing of what it missed. A
description of media passes unread, from one admitted participant to another of the same visit.
"""

import time

from channels.db import database_sync_to_async
from django.conf import settings
from django.utils import timezone, translation

from telehealth import presence
from telehealth.actions import calls
from telehealth.actions.quality import record_window, settled_level, tip_for
from telehealth.consumers import codes
from telehealth.consumers.messages import connected_of, media_of, offers_to, signal_of
from telehealth.consumers.seated import SeatedConsumer
from telehealth.gateways import peer
from telehealth.selectors import chat
from telehealth.selectors.snapshot import snapshot
from telehealth.states import State

VERSION = 1
RENEW_SECONDS = 120  # before the relay's password ends


class RoomConsumer(SeatedConsumer):
    """One browser in a visit's room."""

    def enter(self) -> None:
        self.admitted = self.in_call = self.greeted = False
        self.page, self.state, self.media, self.ice_until, self.sequence = "", "", {}, 0.0, 0
        self.peers: dict[str, dict] = {}  # who is in the call: role, page, and whether the socket is here

    async def gone(self) -> None:
        if self.in_call:
            await self.tell("room.gone", pid=self.me.public_id, page=self.page, reason="socket")

    async def beat(self) -> None:
        if self.admitted and time.monotonic() > self.ice_until - RENEW_SECONDS:
            await self.send_json({"type": "ice", "media": self._media_access()})
        if self.in_call:
            await self._say_here(self.group_send, asks=False)

    # What the browser says

    async def said(self, message: dict) -> None:
        handler = self.HANDLERS.get(message["type"])
        if handler and (self.greeted or message["type"] == "hello"):
            await handler(self, message)

    async def _hello(self, message: dict) -> None:
        self.greeted, self.page = True, str(message.get("page", ""))[:32]
        await self._show_state("welcome")

    async def _beats(self, message: dict) -> None:
        await database_sync_to_async(presence.mark)(self.me.public_id, "call" if self.course.linked else "here")
        await self.send_json({"type": "ack", "time": timezone.now().isoformat()})

    async def _join(self, message: dict) -> None:
        if not self.admitted:
            return
        if not self.in_call and not await self._do(calls.join_call, participant=self.me):
            await self.send_json({"type": "full"})
            return
        self.in_call, self.media = True, media_of(message)
        await self._say_here(self.group_send)

    async def _leave(self, message: dict) -> None:
        if self.in_call:
            await self._leave_call("left")

    async def _signal(self, message: dict) -> None:
        signal = signal_of(message)
        if self.in_call and self.admitted and signal and signal["to"] in self.peers:
            await self.tell("room.sig", sig=signal | {"from": self.me.public_id, "page": self.page})

    async def _media(self, message: dict) -> None:
        if not self.in_call:
            return
        media = media_of(message)
        if media != self.media:
            self.media = media
            await self.tell("room.media", pid=self.me.public_id, media=media)
        linked = {self.peers[pid]["role"] for pid in connected_of(message) if pid in self.peers}
        await self.course.reported(linked_with=linked, state=self.state, roles_here=self._roles_here())

    async def _stats(self, message: dict) -> None:
        if self.in_call:
            found = await self._score(message)
            if found:
                await self.send_json({"type": "quality", **found})

    async def _chat(self, message: dict) -> None:
        text = message.get("text")
        if not self.admitted or not isinstance(text, str):
            return
        row = await self._do(calls.say, participant=self.me, text=text)
        if row:  # the text itself never passes through Redis
            await self.tell("room.chat", message=row.public_id)

    HANDLERS = {
        "hello": _hello,
        "beat": _beats,
        "join": _join,
        "leave": _leave,
        "sig": _signal,
        "media": _media,
        "stats": _stats,
        "chat": _chat,
    }

    # What the room says

    async def room_state(self, event: dict) -> None:
        """Something of the visit changed, or who is here."""
        if self.greeted:
            await self._show_state("state")

    async def room_here(self, event: dict) -> None:
        """Somebody is in the call. Whoever came just now is told about us in turn."""
        pid = event["pid"]
        if not self._in_call_with(pid):
            return
        known = self.peers.get(pid)
        self.peers[pid] = {"role": event["role"], "page": event["page"], "here": True}
        if known != self.peers[pid] or event["asks"]:
            await self._meet(event)
        if event["asks"]:
            await self._say_here(lambda said: self.channel_layer.send(event["channel"], said), asks=False)

    async def room_gone(self, event: dict) -> None:
        """Somebody hung up; or only the socket dropped, and sound and picture may go on."""
        known = self.peers.get(event["pid"])
        if not known or known["page"] != event["page"]:
            return
        known["here"] = False
        if event["reason"] != "socket":
            del self.peers[event["pid"]]
        await self.send_json({"type": "gone", "pid": event["pid"], "reason": event["reason"]})
        await self.course.somebody_left(self._roles_here())

    async def room_sig(self, event: dict) -> None:
        signal = event["sig"]
        if signal["to"] == self.me.public_id and self.admitted and signal["from"] in self.peers:
            await self.send_json({"type": "sig", **signal})

    async def room_media(self, event: dict) -> None:
        if self._in_call_with(event["pid"]):
            await self.send_json({"type": "media", "from": event["pid"], "media": event["media"]})

    async def room_chat(self, event: dict) -> None:
        if self.admitted:
            line = await self._line(event["message"])
            if line:
                await self.send_json({"type": "chat", "lines": [line]})

    # Steps

    async def _show_state(self, kind: str) -> None:
        """The whole picture; with it, for who was let in just now, what a call needs."""
        found = await self._look()
        if isinstance(found, int):
            await self.end(found)
            return
        shown, lines = found
        was, self.admitted, self.state = self.admitted, shown["admitted"], shown["state"]
        self.sequence += 1
        message = {"type": kind, "v": VERSION, "seq": self.sequence, **shown}
        if kind == "welcome":
            message["you"] = {"pid": self.me.public_id, "role": self.me.role}
        if self.admitted and (kind == "welcome" or not was):
            message |= {"media": self._media_access(), "chat": lines}
        await self.send_json(message)
        if shown["state"] == State.CONNECTING:
            self.course.admitted(shown["epoch"])
        if self.in_call and not self.admitted:
            await self._leave_call("held")
        if shown["over"]:
            await self.end(codes.OVER)

    async def _leave_call(self, reason: str) -> None:
        self.in_call, self.peers = False, {}
        await self.tell("room.gone", pid=self.me.public_id, page=self.page, reason=reason)
        await self.course.left()

    async def _meet(self, event: dict) -> None:
        await self.send_json(
            {
                "type": "meet",
                "pid": event["pid"],
                "role": event["role"],
                "name": await self._name(event["pid"]),
                "page": event["page"],
                "media": event["media"],
                "offerer": offers_to(self.me.role, self.me.public_id, event["role"], event["pid"]),
            }
        )

    def _roles_here(self) -> set[str]:
        return {each["role"] for each in self.peers.values() if each["here"]}

    def _in_call_with(self, pid: str) -> bool:
        return self.in_call and self.admitted and pid != self.me.public_id

    def _media_access(self) -> dict:
        self.ice_until = time.monotonic() + settings.TURN_TTL_SECONDS
        return peer.media(self.me.public_id, timezone.now())

    async def _say_here(self, send, *, asks: bool = True) -> None:
        """That we are in the call. Said again with each beat, since a message through Redis may get lost."""
        me = {"pid": self.me.public_id, "role": self.me.role, "page": self.page, "media": self.media}
        await send({"type": "room.here", "asks": asks, "channel": self.channel_name, **me})

    # The database

    async def _do(self, action, **given):
        return await database_sync_to_async(action)(**given, now=timezone.now())

    @database_sync_to_async
    def _look(self) -> tuple[dict, list[dict]] | int:
        found = self.find_now()
        if isinstance(found, int):
            return found
        shown = snapshot(found.session, found, timezone.now())
        return shown, chat.lines_of(found.session) if shown["admitted"] else []

    @database_sync_to_async
    def _name(self, public_id: str) -> str:
        session = self.me.session
        found = session.participants.filter(public_id=public_id).first()
        return chat.name_of(found, session) if found else ""

    @database_sync_to_async
    def _line(self, public_id: str) -> dict | None:
        row = self.me.session.messages.filter(public_id=public_id).select_related("sender").first()
        return chat.line(row) if row else None

    @database_sync_to_async
    def _score(self, stats: dict) -> dict | None:
        window = record_window(participant=self.me, stats=stats, now=timezone.now())
        if window is None:
            return None
        chosen = self.scope["cookies"].get(settings.LANGUAGE_COOKIE_NAME)
        with translation.override(chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
            tip = tip_for(window)
        level = settled_level(participant=self.me, session=self.me.session)
        return {"level": level, "cause": window.cause, "tip": tip if level != "good" else ""}
