"""The desk's socket: who may listen, what it says, and how often."""

import asyncio
import json
import time

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from channels.sessions import SessionMiddlewareStack
from django.conf import settings
from django.test import Client

from accounts.permissions import Role
from clinics.models import Membership
from clinics.tests.factories import ClinicFactory, MembershipFactory
from common.live import desk_group
from coordination import consumers
from coordination.routing import websocket_urlpatterns

pytestmark = pytest.mark.django_db(transaction=True)
HOST = b"desk.example.com"
application = SessionMiddlewareStack(URLRouter(websocket_urlpatterns))


def cookie_of(user) -> bytes:
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}".encode()


class Socket(ApplicationCommunicator):
    """A browser's end of the socket. (channels.testing would need another web server installed.)"""

    def __init__(self, clinic, cookie: bytes, origin: bytes = b"https://" + HOST):
        headers = [(b"host", HOST), (b"origin", origin), (b"cookie", cookie)]
        path = f"/ws/desk/{clinic.public_id}/"
        scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": []}
        super().__init__(application, scope)

    async def connect(self) -> dict:
        await self.send_input({"type": "websocket.connect"})
        return await self.receive_output(timeout=5)

    async def hear(self, timeout: float = 2) -> dict:
        return json.loads((await self.receive_output(timeout))["text"])

    async def closed(self) -> int:
        """The code with which the server ends the socket, whatever it says before."""
        while (output := await self.receive_output(timeout=5))["type"] != "websocket.close":
            pass
        return output["code"]

    async def leave(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.wait()


def run(scenario) -> None:
    asyncio.run(scenario)


async def close_code(desk: Socket) -> int:
    first = await desk.connect()
    return first["code"] if first["type"] == "websocket.close" else await desk.closed()


async def announce(clinic, *subjects):
    message = {"type": "desk.changed", "subjects": list(subjects)}
    await get_channel_layer().group_send(desk_group(clinic.public_id), message)


def test_a_change_reaches_the_desk_within_a_second_and_a_burst_is_one_message():
    membership = MembershipFactory(role=Role.COORDINATOR)
    cookie = cookie_of(membership.user)

    async def scenario():
        desk = Socket(membership.clinic, cookie)
        await desk.connect()
        assert (await desk.hear())["type"] == "beat"
        started = time.monotonic()
        await announce(membership.clinic, "visit:a")
        assert await desk.hear() == {"type": "changed", "subjects": ["visit:a"]}
        assert time.monotonic() - started < 0.5
        for name in "bcb":
            await announce(membership.clinic, f"visit:{name}")
        assert await desk.hear() == {"type": "changed", "subjects": ["visit:b", "visit:c"]}
        assert time.monotonic() - started > 0.9
        assert await desk.receive_nothing(timeout=0.3)
        await desk.leave()

    run(scenario())


def test_who_may_not_listen_is_told_so():
    membership = MembershipFactory(role=Role.COORDINATOR)
    cookie, other = cookie_of(membership.user), ClinicFactory()
    no_desk = MembershipFactory(clinic=membership.clinic, role=Role.ADMIN).user
    no_desk_cookie = cookie_of(no_desk)

    async def scenario():
        assert await close_code(Socket(other, cookie)) == consumers.NOT_YOURS
        assert await close_code(Socket(membership.clinic, no_desk_cookie)) == consumers.NOT_YOURS
        assert await close_code(Socket(membership.clinic, b"")) == consumers.SIGNED_OUT
        assert await close_code(Socket(membership.clinic, cookie, b"https://evil.example.org")) == consumers.NOT_YOURS
        assert await close_code(Socket(membership.clinic, cookie, b"")) == consumers.NOT_YOURS

    run(scenario())


def test_losing_the_clinic_ends_the_socket(monkeypatch):
    monkeypatch.setattr(consumers, "HEARTBEAT_SECONDS", 0.2)
    membership = MembershipFactory(role=Role.COORDINATOR)
    cookie = cookie_of(membership.user)

    async def scenario():
        desk = Socket(membership.clinic, cookie)
        await desk.connect()
        await desk.hear()
        assert (await desk.hear())["type"] == "beat"
        await sync_to_async(Membership.objects.all().delete)()
        assert await desk.closed() == consumers.NOT_YOURS

    run(scenario())


def test_running_out_of_time_ends_the_socket(monkeypatch, settings):
    monkeypatch.setattr(consumers, "HEARTBEAT_SECONDS", 0.2)
    membership = MembershipFactory(role=Role.COORDINATOR)
    cookie = cookie_of(membership.user)

    async def scenario():
        desk = Socket(membership.clinic, cookie)
        await desk.connect()
        await desk.hear()
        settings.SESSION_IDLE_SECONDS = 0
        assert await desk.closed() == consumers.SIGNED_OUT

    run(scenario())
