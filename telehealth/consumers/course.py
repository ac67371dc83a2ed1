"""The seconds of a call: how long this side has been without the other, and how long an admission may take."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress

from channels.db import database_sync_to_async
from django.utils import timezone

from telehealth.actions import calls
from telehealth.models import Participant
from telehealth.states import STAFF, Role, State

LOST_AFTER_SECONDS = 10.0
CONNECTS_WITHIN_SECONDS = calls.CONNECTS_WITHIN.total_seconds() + 1


class Course:
    """What one participant's connection means for the visit. Guests and interpreters hold nothing up."""

    def __init__(self, participant: Participant):
        self.participant = participant
        self.linked = False
        self.epoch = 0
        self.lost: asyncio.Task | None = None
        self.admission: asyncio.Task | None = None

    async def reported(self, *, linked_with: set[str], state: str, roles_here: set[str]) -> None:
        """The browser says with which roles it exchanges sound now; `roles_here` have their sockets open."""
        was, self.linked = self.linked, bool(linked_with & self._others())
        if self.linked:
            self._stop(self.lost)
            if not was or state in (State.CONNECTING, State.INTERRUPTED, State.TROUBLE):
                await _run(calls.note_linked, participant=self.participant)
        elif was:
            self._stop(self.lost)
            self.lost = _later(LOST_AFTER_SECONDS if roles_here & self._others() else 0, self._lose)

    async def somebody_left(self, roles_here: set[str]) -> None:
        """A socket is gone. If it was the other side's and its sound is gone too, there is nothing to wait for."""
        if self.lost and not self.lost.done() and not roles_here & self._others():
            self._stop(self.lost)
            await self._lose()

    async def left(self) -> None:
        """This side hung up."""
        if self.linked:
            self.linked = False
            self._stop(self.lost)
            await self._lose()

    def admitted(self, epoch: int) -> None:
        """The patient was let in: from now on the time to connect runs, once an admission."""
        if epoch != self.epoch:
            self.epoch = epoch
            self._stop(self.admission)
            self.admission = _later(CONNECTS_WITHIN_SECONDS, self._unconnected)

    def stop(self) -> None:
        """The socket is gone, and with it what it waited for."""
        self._stop(self.lost)
        self._stop(self.admission)

    async def _lose(self) -> None:
        await _run(calls.note_lost, participant=self.participant)

    async def _unconnected(self) -> None:
        await _run(calls.note_unconnected, session=self.participant.session)

    def _others(self) -> set[str]:
        """The roles without which this side is alone."""
        if self.participant.role == Role.PATIENT:
            return set(STAFF)
        if self.participant.role in STAFF:
            return {Role.PATIENT}
        return set(Role.values)

    @staticmethod
    def _stop(task: asyncio.Task | None) -> None:
        if task and task is not asyncio.current_task():
            task.cancel()


async def _run(action: Callable, **given) -> None:
    await database_sync_to_async(action)(**given, now=timezone.now())


def _later(seconds: float, then: Callable[[], Coroutine]) -> asyncio.Task:
    async def wait() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(seconds)
            await then()

    return asyncio.create_task(wait())
