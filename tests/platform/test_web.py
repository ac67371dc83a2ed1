"""Pages and sockets out of one real server."""

import time
import urllib.request

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.plugins.processes import web

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def echo(tmp_path):
    """The address of a server whose /echo passes on what the group `echo` hears."""
    own = {"ALLOWED_HOSTS": "127.0.0.1"}
    with web(tmp_path / "web.log", application="tests.platform.echo_asgi:application", environment=own) as address:
        yield address


def _tell(text: str) -> None:
    async_to_sync(get_channel_layer().group_send)("echo", {"type": "echo.heard", "text": text})


def test_a_socket_that_was_idle_still_delivers(echo):
    """redis-py's default time-out would end it after five seconds."""
    with connect(echo.replace("http", "ws") + "/echo", origin=echo) as socket:
        time.sleep(8)
        _tell("still there")
        assert socket.recv(timeout=5) == "still there"


def test_a_socket_from_another_site_is_refused(echo):
    with pytest.raises(InvalidStatus) as refused:
        connect(echo.replace("http", "ws") + "/echo", origin="https://elsewhere.example")
    assert refused.value.response.status_code == 403


def test_pages_are_served_beside_sockets(portal_server):
    with urllib.request.urlopen(f"{portal_server}/healthz") as answer:
        assert answer.status == 200
        assert "Server" not in answer.headers
