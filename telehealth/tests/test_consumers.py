"""The room's socket: who may come in, what passes between whom, and what the server makes of it."""

import asyncio
import json
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from channels.sessions import SessionMiddlewareStack
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.permissions import Role as StaffRole
from clinics.tests.factories import MembershipFactory, ProviderFactory
from compliance.models import AuditEvent
from scheduling.tests.factories import AppointmentFactory
from telehealth import live, presence, seating
from telehealth.actions import invite, move, seat, unseat
from telehealth.consumers import codes, course, seated
from telehealth.models import QualityWindow, RoomMessage, VisitSession
from telehealth.routing import websocket_urlpatterns
from telehealth.states import Event, Outcome, Role, State
from telehealth.tests.factories import SessionFactory

pytestmark = pytest.mark.django_db(transaction=True)
HOST = b"visit.example.com"
application = SessionMiddlewareStack(URLRouter(websocket_urlpatterns))


class Socket(ApplicationCommunicator):
    """A browser's end of the socket. (channels.testing would need another web server installed.)"""

    def __init__(self, session, cookie: str, *, staff: bool = False, origin: bytes = b"https://" + HOST):
        headers = [(b"host", HOST), (b"origin", origin), (b"cookie", cookie.encode())]
        scope = {
            "type": "websocket",
            "path": f"/ws/visit/{session.public_id}/",
            "query_string": b"as=staff" if staff else b"",
            "headers": headers,
            "subprotocols": [],
        }
        super().__init__(application, scope)

    async def connect(self) -> dict:
        await self.send_input({"type": "websocket.connect"})
        return await self.receive_output(timeout=5)

    async def say(self, **message) -> None:
        await self.send_input({"type": "websocket.receive", "text": json.dumps(message)})

    async def hear(self, kind: str, timeout: float = 3) -> dict:
        """The next message of that kind; what comes before it is passed over."""
        while True:
            output = await self.receive_output(timeout)
            assert output["type"] == "websocket.send", output
            message = json.loads(output["text"])
            if message["type"] == kind:
                return message

    async def hears_nothing_of(self, *kinds: str, seconds: float = 0.4) -> bool:
        while not await self.receive_nothing(timeout=seconds, interval=0.05):
            message = json.loads((await self.receive_output(1))["text"])
            if message["type"] in kinds:
                return False
        return True

    async def closed(self) -> int:
        """The code with which the server ends the socket, whatever it says before."""
        while (output := await self.receive_output(timeout=5))["type"] != "websocket.close":
            pass
        return output["code"]

    async def enter(self, page: str = "p1") -> dict:
        """Connect and say hello: the welcome."""
        assert (await self.connect())["type"] == "websocket.accept"
        await self.say(type="hello", v=1, page=page)
        return await self.hear("welcome")

    async def join(self) -> None:
        await self.say(type="join", mic=True, camera=True)

    async def leave(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.wait()


def staff_cookie(user) -> str:
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def seat_cookie(session, role=Role.PATIENT, participant=None) -> str:
    found, secret = seat(session=session, role=role, now=timezone.now(), participant=participant)
    return f"{seating.cookie_name(session.public_id)}={seating.cookie_value(found, secret)}"


class Room:
    """A visit with its provider signed in and its patient seated."""

    def __init__(self, state=State.CONNECTING):
        visit = AppointmentFactory(starts_at=timezone.now())
        user = MembershipFactory(clinic=visit.clinic, role=StaffRole.PROVIDER).user
        visit.provider.user = user
        visit.provider.save(update_fields=["user"])
        since = timezone.now()
        self.session = SessionFactory(appointment=visit, state=state, state_since=since, admitted_at=since, epoch=1)
        self.user, self.provider_cookie, self.patient_cookie = user, staff_cookie(user), seat_cookie(self.session)

    def provider(self) -> Socket:
        return Socket(self.session, self.provider_cookie, staff=True)

    def patient(self) -> Socket:
        return Socket(self.session, self.patient_cookie)

    @sync_to_async
    def state(self) -> str:
        return VisitSession.objects.get(pk=self.session.pk).state

    @sync_to_async
    def step(self, event, **given):
        return move(session=self.session, event=event, by=None, by_label="staff", now=timezone.now(), **given)

    async def becomes(self, state: str) -> None:
        for _try in range(40):
            if await self.state() == state:
                return
            await asyncio.sleep(0.1)
        pytest.fail(f"{await self.state()} instead of {state}")

    async def both(self) -> tuple[Socket, Socket, str, str]:
        """Both in the call: their sockets and public ids."""
        provider, patient = self.provider(), self.patient()
        mine = (await provider.enter())["you"]["pid"]
        theirs = (await patient.enter())["you"]["pid"]
        await provider.join()
        await patient.join()
        assert (await provider.hear("meet"))["pid"] == theirs
        assert (await patient.hear("meet"))["pid"] == mine
        return provider, patient, mine, theirs


def run(scenario) -> None:
    asyncio.run(scenario)


async def close_code(socket: Socket) -> int:
    first = await socket.connect()
    return first["code"] if first["type"] == "websocket.close" else await socket.closed()


class TestWhoMayComeIn:
    def test_who_may_not_is_told_why(self):
        room, other = Room(), Room()
        stranger = staff_cookie(MembershipFactory(role=StaffRole.COORDINATOR).user)
        colleague = ProviderFactory(
            clinics=[room.session.appointment.clinic],
            user=MembershipFactory(clinic=room.session.appointment.clinic, role=StaffRole.PROVIDER).user,
        )
        colleague_cookie = staff_cookie(colleague.user)

        async def scenario():
            session = room.session
            assert await close_code(Socket(session, "")) == codes.NO_SEAT
            assert await close_code(Socket(session, "", staff=True)) == codes.NO_SEAT
            assert await close_code(Socket(session, room.patient_cookie[:-2] + "xx")) == codes.NO_SEAT
            assert await close_code(Socket(session, other.patient_cookie)) == codes.NO_SEAT
            assert await close_code(Socket(session, room.provider_cookie)) == codes.NO_SEAT  # a patient's page
            assert await close_code(Socket(session, room.patient_cookie, staff=True)) == codes.NO_SEAT
            assert await close_code(Socket(session, stranger, staff=True)) == codes.NOT_THIS_VISIT
            assert await close_code(Socket(session, colleague_cookie, staff=True)) == codes.NOT_THIS_VISIT
            evil = Socket(session, room.patient_cookie, origin=b"https://evil.example.org")
            assert await close_code(evil) == codes.NOT_THIS_VISIT

        run(scenario())

    def test_who_is_asked_out_goes_at_once(self):
        room = Room()
        guest, _token = invite(session=room.session, role=Role.GUEST, name="Eva", by=None, now=timezone.now())
        cookie = seat_cookie(room.session, Role.GUEST, guest)

        async def scenario():
            socket = Socket(room.session, cookie)
            assert (await socket.enter())["admitted"]
            await sync_to_async(unseat)(participant=guest, by=None, now=timezone.now())
            assert await socket.closed() == codes.NO_SEAT

        run(scenario())

    def test_signing_out_ends_a_staff_socket(self, monkeypatch):
        monkeypatch.setattr(presence, "BEAT_SECONDS", 0.2)
        room = Room()

        async def scenario():
            socket = room.provider()
            await socket.enter()
            await socket.hear("ping")
            client = Client()
            client.cookies[settings.SESSION_COOKIE_NAME] = room.provider_cookie.partition("=")[2]
            await sync_to_async(client.logout)()
            assert await socket.closed() == codes.NO_SEAT

        run(scenario())

    def test_the_newest_page_wins(self):
        room = Room()

        async def scenario():
            first, second = room.patient(), room.patient()
            pid = (await first.enter("p1"))["you"]["pid"]
            await second.enter("p2")
            assert await first.closed() == codes.JOINED_ELSEWHERE
            await first.leave()
            assert await sync_to_async(presence.of)([pid]) == {pid: "here"}  # the older one takes nothing along

        run(scenario())

    def test_another_browser_takes_the_seat(self):
        room = Room()

        async def scenario():
            first = room.patient()
            await first.enter()
            await sync_to_async(seat_cookie)(room.session)
            assert await first.closed() == codes.JOINED_ELSEWHERE

        run(scenario())

    def test_a_visit_that_is_over_says_so(self):
        room = Room(State.IN_CALL)

        async def scenario():
            socket = room.patient()
            await socket.enter()
            await room.step(Event.FINISH, outcome=Outcome.COMPLETED_VIDEO)
            shown = await socket.hear("state")
            assert shown["over"] and not shown["admitted"]
            assert await socket.closed() == codes.OVER

        run(scenario())


class TestBeforeAdmission:
    def test_who_waits_gets_no_media_no_chat_and_no_signals(self):
        room = Room(State.WAITING)

        async def scenario():
            provider, patient = room.provider(), room.patient()
            welcome = await patient.enter()
            assert not welcome["admitted"] and "media" not in welcome and "chat" not in welcome
            assert "media" in await provider.enter()
            await provider.join()
            await patient.join()
            await provider.say(type="chat", text="What do you think of this patient?")
            await provider.say(type="sig", to=welcome["you"]["pid"], epoch=1, need_reset=True)
            assert await patient.hears_nothing_of("meet", "sig", "chat")
            assert await provider.hears_nothing_of("meet", "chat")
            assert not await RoomMessage.objects.aexists()

        run(scenario())

    def test_admission_brings_what_a_call_needs_and_hold_takes_it_away(self):
        room = Room(State.WAITING)

        async def scenario():
            patient = room.patient()
            await patient.enter()
            await room.step(Event.ADMIT)
            while not (shown := await patient.hear("state"))["admitted"]:
                pass
            assert shown["media"] == {"kind": "peer", "ice": [], "ttl": settings.TURN_TTL_SECONDS}
            provider = room.provider()
            await provider.enter()
            await provider.join()
            await patient.join()
            met = await provider.hear("meet")
            await room.step(Event.HOLD)
            assert (await provider.hear("gone"))["reason"] == "held"
            await provider.say(type="sig", to=met["pid"], epoch=1, need_reset=True)
            assert await patient.hears_nothing_of("sig")

        run(scenario())


class TestInTheCall:
    def test_the_higher_rank_offers_and_signals_pass_with_a_true_sender(self):
        room = Room()

        async def scenario():
            provider, patient = room.provider(), room.patient()
            mine = (await provider.enter("a"))["you"]["pid"]
            theirs = (await patient.enter("b"))["you"]["pid"]
            await provider.join()
            await patient.join()
            met = await provider.hear("meet")
            assert (met["pid"], met["role"], met["page"], met["offerer"]) == (theirs, "patient", "b", True)
            assert met["name"] == room.session.appointment.patient.first_name
            met = await patient.hear("meet")
            assert (met["pid"], met["offerer"]) == (mine, False)
            offer = {"type": "offer", "sdp": "never read"}
            await provider.say(type="sig", to=theirs, epoch=7, description=offer, **{"from": "somebody else"})
            heard = await patient.hear("sig")
            assert heard["from"] == mine and heard["page"] == "a"
            assert (heard["epoch"], heard["description"]) == (7, offer)

        run(scenario())

    def test_signals_stay_within_the_visit(self):
        room, other = Room(), Room()

        async def scenario():
            provider, patient, mine, theirs = await room.both()
            _doctor, stranger, _hers, foreign = await other.both()
            await provider.say(type="sig", to=foreign, epoch=1, need_reset=True)
            await provider.say(type="sig", to="nobody", epoch=1, need_reset=True)
            await provider.say(type="sig", to=theirs, epoch="1", need_reset=True)
            assert await stranger.hears_nothing_of("sig")
            assert await patient.hears_nothing_of("sig")

        run(scenario())

    def test_too_large_and_too_many(self):
        room = Room()

        async def scenario():
            patient = room.patient()
            await patient.enter()
            await patient.say(type="sig", to="x", epoch=1, description={"sdp": "x" * 16_384})
            assert await patient.closed() == codes.TOO_LARGE
            again = room.patient()
            await again.enter()
            for _number in range(25):
                await again.say(type="unknown")
            assert await again.closed() == codes.TOO_FAST

        run(scenario())

    def test_nonsense_is_passed_over(self):
        room = Room()

        async def scenario():
            patient = room.patient()
            await patient.enter()
            for text in ("", "[]", "{", '{"type": 4}', '{"type": "chat", "text": 5}', '{"type": "media"}'):
                await patient.send_input({"type": "websocket.receive", "text": text})
            await patient.say(type="beat")
            assert "time" in await patient.hear("ack")

        run(scenario())

    def test_chat_is_kept_for_those_in_the_call(self):
        room = Room()

        async def scenario():
            provider, patient, mine, _theirs = await room.both()
            await provider.say(type="chat", text=" Take two a day. ")
            line = (await patient.hear("chat"))["lines"][0]
            assert (line["from"], line["role"], line["text"]) == (mine, "provider", "Take two a day.")
            await patient.leave()
            again = room.patient()
            assert [each["text"] for each in (await again.enter())["chat"]] == ["Take two a day."]

        run(scenario())

    def test_a_page_that_comes_back_sees_the_whole_picture(self):
        room = Room()

        async def scenario():
            provider, patient, _mine, theirs = await room.both()
            await patient.leave()
            gone = await provider.hear("gone")
            assert (gone["pid"], gone["reason"]) == (theirs, "socket")
            again = room.patient()
            welcome = await again.enter("p1")
            assert welcome["state"] == State.CONNECTING and "media" in welcome
            await again.join()
            assert (await provider.hear("meet"))["page"] == "p1"
            assert (await again.hear("meet"))["role"] == "provider"

        run(scenario())

    def test_staff_who_come_in_are_audited(self):
        room = Room()
        coordinator = MembershipFactory(clinic=room.session.appointment.clinic, role=StaffRole.COORDINATOR).user
        cookie = staff_cookie(coordinator)

        async def scenario():
            socket = Socket(room.session, cookie, staff=True)
            assert (await socket.enter())["you"]["role"] == "coordinator"
            found = AuditEvent.objects.filter(action="telehealth.call_joined", actor_id=coordinator.public_id)
            assert not await found.aexists()
            await socket.join()
            await socket.say(type="beat")
            await socket.hear("ack")
            assert await found.acount() == 1

        run(scenario())

    def test_a_report_is_scored_and_answered(self):
        room = Room(State.IN_CALL)
        since = timezone.now() - timedelta(minutes=1)
        VisitSession.objects.filter(pk=room.session.pk).update(state_since=since)

        async def scenario():
            _provider, patient, _mine, _theirs = await room.both()
            await patient.say(type="stats", rtt_ms=900, loss_percent=30, jitter_ms=50, up_kbps=None)
            answer = await patient.hear("quality")
            assert answer["cause"] == "loss" and set(answer) == {"type", "level", "cause", "tip"}
            assert await QualityWindow.objects.acount() == 1

        run(scenario())


class TestCourse:
    def test_in_the_call_once_both_sides_say_so(self):
        room = Room()

        async def scenario():
            provider, patient, mine, theirs = await room.both()
            await provider.say(type="media", mic=True, camera=True, connected=[theirs])
            await provider.say(type="beat")
            await provider.hear("ack")
            assert await room.state() == State.CONNECTING
            await patient.say(type="media", mic=True, camera=False, connected=[mine])
            await room.becomes(State.IN_CALL)
            assert (await provider.hear("media"))["media"] == {"mic": True, "camera": False, "screen": False}

        run(scenario())

    async def _in_call(self, room):
        provider, patient, mine, theirs = await room.both()
        await provider.say(type="media", connected=[theirs])
        await patient.say(type="media", connected=[mine])
        await room.becomes(State.IN_CALL)
        return provider, patient, mine, theirs

    def test_a_moment_without_sound_is_no_loss_but_ten_seconds_are(self, monkeypatch):
        monkeypatch.setattr(course, "LOST_AFTER_SECONDS", 0.5)
        room = Room()

        async def scenario():
            provider, _patient, _mine, theirs = await self._in_call(room)
            await provider.say(type="media", connected=[])
            await asyncio.sleep(0.2)
            await provider.say(type="media", connected=[theirs])
            await asyncio.sleep(0.6)
            assert await room.state() == State.IN_CALL
            await provider.say(type="media", connected=[])
            await room.becomes(State.INTERRUPTED)
            await provider.say(type="media", connected=[theirs])
            await room.becomes(State.IN_CALL)

        run(scenario())

    def test_a_closed_page_is_lost_as_soon_as_its_sound_is(self):
        room = Room()

        async def scenario():
            provider, patient, _mine, _theirs = await self._in_call(room)
            await patient.leave()
            await provider.hear("gone")
            assert await room.state() == State.IN_CALL  # the socket alone says nothing about sound and picture
            await provider.say(type="media", connected=[])
            await room.becomes(State.INTERRUPTED)

        run(scenario())

    def test_hanging_up_interrupts_and_never_finishes(self):
        room = Room()

        async def scenario():
            provider, patient, _mine, _theirs = await self._in_call(room)
            await patient.say(type="leave")
            assert (await provider.hear("gone"))["reason"] == "left"
            await room.becomes(State.INTERRUPTED)

        run(scenario())

    def test_an_admission_that_leads_nowhere_is_trouble(self, monkeypatch):
        monkeypatch.setattr(course, "CONNECTS_WITHIN_SECONDS", 0.3)
        room = Room()
        VisitSession.objects.update(state_since=timezone.now() - timedelta(seconds=30))

        async def scenario():
            provider = room.provider()
            await provider.enter()
            await room.becomes(State.TROUBLE)

        run(scenario())


class TestTheLine:
    def test_an_idle_socket_is_still_open_after_eight_seconds(self):
        """With a client's time-out as long as the server's blocking read, every quiet socket died after five."""
        room = Room(State.WAITING)

        async def scenario():
            patient = room.patient()
            await patient.enter()
            await patient.hears_nothing_of(seconds=1)
            await asyncio.sleep(8)
            group = live.room_group(room.session.public_id)
            await get_channel_layer().group_send(group, {"type": "room.state"})
            assert (await patient.hear("state"))["state"] == State.WAITING

        run(scenario())

    def test_a_page_that_says_nothing_is_let_go(self, monkeypatch):
        monkeypatch.setattr(presence, "BEAT_SECONDS", 0.2)
        monkeypatch.setattr(seated, "IDLE_SECONDS", 0.3)
        room = Room()

        async def scenario():
            patient = room.patient()
            await patient.enter()
            assert await patient.closed() == codes.IDLE

        run(scenario())

    def test_the_relays_password_is_renewed_before_it_ends(self, monkeypatch, settings):
        monkeypatch.setattr(presence, "BEAT_SECONDS", 0.2)
        settings.TURN_URLS, settings.TURN_SECRET = ["turn:turn.example.com:3478"], "s"
        settings.TURN_TTL_SECONDS = 60  # less than the time before its end at which it is renewed
        room = Room()

        async def scenario():
            patient = room.patient()
            first = (await patient.enter())["media"]["ice"]
            fresh = (await patient.hear("ice"))["media"]["ice"]
            assert first[0]["urls"] == fresh[0]["urls"] == ["turn:turn.example.com:3478"]
            assert fresh[0]["credential"]

        run(scenario())
