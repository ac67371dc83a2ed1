"""The status page tells the truth about parts that work and parts that do not."""

import socket
import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.permissions import Role
from clinics.tests.factories import MembershipFactory
from config.health import heartbeat, status
from messaging.models import Message
from messaging.states import Status
from messaging.tests.factories import planned

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def stun():
    """stun(): the port of a server that answers one binding request as RFC 8489 says."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)

        def answer():
            request, sender = server.recvfrom(512)
            server.sendto(b"\x01\x01\x00\x00" + request[4:20], sender)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(timeout=6)


def test_live_updates_are_tried_for_real():
    assert status.signalling().kind == status.OK


def test_a_part_that_is_down_is_said_so(settings):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": "redis://127.0.0.1:1/0", "socket_connect_timeout": 0.2}]},
        }
    }
    assert status.signalling().kind == status.DOWN


def test_the_queue_s_depth():
    heartbeat.client().rpush("celery", *["{}"] * (status.LONG_QUEUE + 1))
    found = status.queue()
    assert (found.kind, found.words) == (status.WARN, "101 jobs wait")


@pytest.mark.parametrize(
    ("late", "kind"),
    [(timedelta(0), status.OK), (timedelta(minutes=5), status.WARN), (timedelta(hours=1), status.DOWN)],
)
def test_texts_that_lie_about(late, kind):
    message = planned(now=NOW)
    Message.objects.filter(pk=message.pk).update(next_attempt_at=NOW - late, status=Status.PLANNED)
    assert status.texts(NOW).kind == kind


def test_a_relay_that_answers(settings, stun):
    settings.TURN_URLS = [f"turn:127.0.0.1:{stun}?transport=udp"]
    assert status.relay().kind == status.OK


@pytest.mark.parametrize("url", ["turn:127.0.0.1:1?transport=udp", "turn:127.0.0.1:1?transport=tcp", "turn:x:y"])
def test_a_relay_that_does_not(settings, url):
    settings.TURN_URLS = [url]
    assert status.relay().kind == status.DOWN


def test_without_a_relay_nothing_is_wrong(settings):
    settings.TURN_URLS = []
    assert status.relay().kind == status.OFF


def test_administrators_see_it_and_coordinators_do_not(client):
    client.force_login(MembershipFactory(role=Role.ADMIN).user)
    page = client.get("/status/").content.decode()
    assert "Live updates and calls" in page and "Everything arrived" in page
    client.force_login(MembershipFactory(role=Role.COORDINATOR).user)
    assert client.get("/status/").status_code == 403


def test_desks_are_warned_while_a_part_is_down(client):
    client.force_login(MembershipFactory(role=Role.COORDINATOR).user)
    for process in (heartbeat.WORKER, heartbeat.BEAT):
        heartbeat.mark(process)
    cache.delete(status.TROUBLED)
    assert "Some things are slow" not in client.get("/desk/").content.decode()
    heartbeat.clear(heartbeat.WORKER)
    cache.delete(status.TROUBLED)
    assert "Some things are slow" in client.get("/desk/").content.decode()
