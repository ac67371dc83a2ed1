"""The call between two browsers with a camera that is not there: it begins, breaks, and comes back."""

import os
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from accounts.permissions import Role as StaffRole
from clinics.tests.factories import MembershipFactory
from patients.tests.factories import ConsentRecordFactory
from scheduling.tests.factories import AppointmentFactory
from telehealth import seating
from telehealth.actions import move, seat
from telehealth.models import CheckIn, RoomMessage, VisitSession
from telehealth.states import Event, Role, State
from telehealth.tests.factories import SessionFactory
from tests.plugins.processes import answers, free_port, running, wait_until, web

# Playwright's loop runs in this thread; Django would refuse its own synchronous calls beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CONNECTS_WITHIN = 15_000  # ms, on a busy machine

SPY = """
window.spied = {connections: [], asked: 0};
if (window.RTCPeerConnection) {
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(...given) { super(...given); window.spied.connections.push(this); }
  };
  const media = navigator.mediaDevices, ask = media.getUserMedia.bind(media);
  media.getUserMedia = (...given) => { window.spied.asked += 1; return ask(...given); };
}
"""
FRAMES = """() => {
  const video = document.querySelector('.tile video');
  return video ? video.getVideoPlaybackQuality().totalVideoFrames : 0;
}"""
DECODED = """async () => {
  let frames = 0;
  for (const each of window.spied.connections) {
    if (each.connectionState !== 'connected') continue;
    for (const report of (await each.getStats()).values())
      if (report.type === 'inbound-rtp' && report.kind === 'video') frames += report.framesDecoded ?? 0;
  }
  return frames;
}"""


def aside(act, **given):
    """Run what tells the open pages in a thread of its own: beside Playwright's loop it would refuse."""

    def work():
        try:
            return act(**given)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


class Visit:
    """A visit whose patient was admitted (or waits), and browsers for both sides."""

    def __init__(self, browser, address: str):
        self.browser, self.address, self.contexts = browser, address, []
        visit = AppointmentFactory(starts_at=timezone.now())
        self.user = MembershipFactory(clinic=visit.clinic, role=StaffRole.PROVIDER).user
        visit.provider.user = self.user
        visit.provider.save(update_fields=["user"])
        now = timezone.now()
        self.session = SessionFactory(appointment=visit, state=State.WAITING, state_since=now, arrived_at=now)
        CheckIn.objects.create(
            session=self.session,
            at=now,
            state="NY",
            city="Albany",
            address="1 Main St",
            callback_number="+12025550142",
            is_licensed=True,
            consent=ConsentRecordFactory(patient=visit.patient),
        )
        patient, secret = aside(seat, session=self.session, role=Role.PATIENT, now=now)
        self.seat = seating.cookie_name(self.session.public_id), seating.cookie_value(patient, secret)

    def admit(self) -> None:
        self.step(Event.ADMIT)

    def step(self, event) -> None:
        aside(move, session=self.session, event=event, by=self.user, by_label="staff", now=timezone.now())

    def state(self) -> str:
        return VisitSession.objects.get(pk=self.session.pk).state

    def becomes(self, state: str, seconds: float = 15) -> None:
        wait_until(lambda: self.state() == state, seconds=seconds, what=f"the state {state}")

    def open(self, path: str, name: str, value: str, *, script: str = SPY, **options):
        usual = {"viewport": {"width": 1280, "height": 800}, "permissions": ["camera", "microphone"]}
        context = self.browser.new_context(**usual | options)
        self.contexts.append(context)
        context.add_init_script(script)
        context.add_cookies([{"name": name, "value": value, "url": self.address}])
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.goto(self.address + path)
        return page

    def provider(self, **options):
        client = Client()
        client.force_login(self.user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        path = f"/desk/visits/{self.session.appointment.public_id}/room/"
        return self.open(path, settings.SESSION_COOKIE_NAME, value, **options)

    def patient(self, **options):
        return self.open(f"/visit/{self.session.public_id}/", *self.seat, **options)

    def both(self):
        """Provider's and patient's pages, in the call."""
        self.admit()
        pages = self.provider(), self.patient(viewport={"width": 390, "height": 844})
        for page in pages:
            connected(page)
        self.becomes(State.IN_CALL)
        return pages

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def visit(browser, portal_server):
    made = Visit(browser, portal_server)
    yield made
    made.close()


def connected(page) -> None:
    """Connected, and the other's picture moves."""
    expect(page.locator("[data-call-room][data-call=connected]")).to_be_visible(timeout=CONNECTS_WITHIN)
    moves(page)


def moves(page, frames: int = 5) -> None:
    """The picture shown and the stream decoded both go on from here."""
    for count in (FRAMES, DECODED):
        seen = page.evaluate(count)
        wait_until(lambda count=count, seen=seen: page.evaluate(count) >= seen + frames, seconds=15, what="a picture")


def says(page, text: str) -> None:
    page.get_by_role("button", name="Chat", exact=True).click()
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def test_both_see_each_other_move_and_can_write(visit):
    provider, patient = visit.both()
    says(patient, "I hear you well.")
    expect(provider.locator("[data-unread]")).to_have_text("1")
    provider.get_by_role("button", name="Chat 1").click()
    expect(provider.locator("[data-lines]")).to_contain_text("I hear you well.")
    assert RoomMessage.objects.count() == 1
    patient.locator("[data-lines]").click()
    patient.keyboard.press("m")
    expect(provider.get_by_role("img", name="Microphone off")).to_be_visible()
    patient.keyboard.press("v")
    expect(provider.locator(".tile.is-dark")).to_be_visible()
    patient.keyboard.press("v")
    expect(provider.locator(".tile:not(.is-dark)")).to_be_visible()
    moves(provider)
    assert provider.faults == patient.faults == []


def test_before_admission_no_camera_is_asked_for_and_nothing_connects(visit):
    provider, patient = visit.provider(), visit.patient()
    expect(provider.locator("[data-call-room][data-call=alone]")).to_be_visible(timeout=CONNECTS_WITHIN)
    time.sleep(1)
    assert patient.evaluate("[spied.asked, spied.connections.length]") == [0, 0]
    expect(patient.locator("[data-call-room]")).to_be_hidden()
    visit.admit()
    for page in (provider, patient):
        connected(page)
    assert patient.evaluate("spied.asked") == 1


def test_each_side_may_reload(visit):
    provider, patient = visit.both()
    for page in (patient, provider):
        page.reload()
        for each in (provider, patient):
            connected(each)
    visit.becomes(State.IN_CALL)


def test_hanging_up_ends_nothing(visit):
    provider, patient = visit.both()
    patient.get_by_role("button", name="Leave", exact=True).click()
    expect(patient.get_by_role("heading", name="You left the call")).to_be_visible()
    expect(provider.locator("[data-call-room][data-call=alone]")).to_be_visible()
    visit.becomes(State.INTERRUPTED)
    patient.get_by_role("button", name="Rejoin").click()
    for page in (provider, patient):
        connected(page)
    visit.becomes(State.IN_CALL)


def test_a_second_page_takes_over(visit):
    provider, patient = visit.both()
    second = visit.patient()
    expect(patient.get_by_role("heading", name="You joined on another device")).to_be_visible()
    for page in (provider, second):
        connected(page)
    assert patient.evaluate("spied.connections.every((each) => each.connectionState === 'closed')")


def test_on_hold_the_patient_hears_nothing_more(visit):
    provider, patient = visit.both()
    visit.step(Event.HOLD)
    expect(patient.locator("[data-call-room]")).to_be_hidden()
    expect(provider.locator("[data-call-room][data-call=alone]")).to_be_visible()
    assert patient.evaluate("spied.connections.every((each) => each.connectionState === 'closed')")
    visit.admit()
    for page in (provider, patient):
        connected(page)


def test_both_share_their_screens_at_once(visit):
    provider, patient = visit.both()
    drawn = """() => {
      const canvas = document.createElement('canvas'), pen = canvas.getContext('2d');
      let number = 0;
      setInterval(() => { number += 7; pen.fillStyle = `hsl(${number} 80% 50%)`; pen.fillRect(0, 0, 300, 150); }, 60);
      navigator.mediaDevices.getDisplayMedia = async () => canvas.captureStream(15);
    }"""
    for page in (provider, patient):
        page.evaluate(drawn)
        page.get_by_role("button", name="Share screen").click()
    for page in (provider, patient):
        expect(page.locator(".tile.is-screen")).to_be_visible()
        moves(page)
    for page in (provider, patient):
        page.get_by_role("button", name="Stop sharing").click()
    for page in (provider, patient):
        expect(page.locator(".tile:not(.is-screen)")).to_be_visible()
        moves(page)
        assert page.evaluate("spied.connections.length") == 1  # no track is worth a new connection


def test_without_a_camera_sound_goes_on_and_the_page_says_why(visit):
    visit.admit()
    provider, patient = visit.provider(), visit.patient(permissions=["microphone"])
    expect(patient.get_by_text("Your browser does not let us use the camera")).to_be_visible(timeout=CONNECTS_WITHIN)
    expect(provider.locator("[data-call-room][data-call=connected]")).to_be_visible(timeout=CONNECTS_WITHIN)
    expect(provider.locator(".tile.is-dark")).to_be_visible()
    visit.becomes(State.IN_CALL)


def test_a_browser_that_cannot_is_told_what_can(visit):
    visit.admit()
    page = visit.patient(script="delete window.RTCPeerConnection; delete Navigator.prototype.mediaDevices;")
    expect(page.get_by_role("heading", name="This browser can't hold a video visit")).to_be_visible()
    expect(page.get_by_role("button", name="Copy visit link")).to_be_visible()
    assert page.faults == []


@contextmanager
def server(port: int, log):
    """The web server on a port of our choice, so that it can die and come back there."""
    address = f"http://127.0.0.1:{port}"
    argv = ["uvicorn", "config.asgi:application", "--port", str(port), "--lifespan", "off", "--no-access-log"]
    with running(*argv, log=log, environment={"PUBLIC_BASE_URL": address}) as process:
        wait_until(lambda: answers(f"{address}/healthz"), what="the web server's start", log=log)
        yield process


def test_a_killed_server_interrupts_no_sound_and_no_picture(browser, transactional_db, tmp_path):
    port = free_port()
    visit = Visit(browser, f"http://127.0.0.1:{port}")
    try:
        with server(port, tmp_path / "first.log") as process:
            provider, patient = visit.both()
            process.kill()
            process.wait()
            for _second in range(4):
                moves(provider, frames=3)
                moves(patient, frames=3)
                time.sleep(1)
        with server(port, tmp_path / "second.log"):
            says(patient, "Still here?")
            expect(provider.locator("[data-unread]")).to_have_text("1", timeout=CONNECTS_WITHIN)
            for page in (provider, patient):
                moves(page)
                assert page.evaluate("spied.connections.length") == 1
            assert visit.state() == State.IN_CALL
    finally:
        visit.close()


def test_four_seconds_without_network_mend_themselves(visit):
    visit.admit()
    provider, patient = visit.provider(), visit.patient()
    network = patient.context.new_cdp_session(patient)
    network.send("Network.enable")

    def drop(percent: int) -> None:
        rule = {"urlPattern": "", "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
        rule |= {"packetLoss": percent, "packetQueueLength": 0, "packetReordering": False}
        network.send("Network.emulateNetworkConditionsByRule", {"offline": False, "matchedNetworkConditions": [rule]})

    drop(0)
    patient.reload()  # the rules hold for connections made after the first of them
    for page in (provider, patient):
        connected(page)
    visit.becomes(State.IN_CALL)
    drop(100)
    time.sleep(1)
    still = provider.evaluate(DECODED)
    time.sleep(3)
    assert provider.evaluate(DECODED) - still < 5
    drop(0)
    for page in (provider, patient):
        connected(page)
    assert visit.state() == State.IN_CALL


NO_RELAY = "RELAY TEST SKIPPED: it needs coturn's `turnserver`."
THROUGH_RELAY = """
const Plain = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Plain {
  constructor(given) { super({...given, iceTransportPolicy: 'relay'}); }
};
"""


@contextmanager
def relay(secret: str, log):
    """A TURN server on this machine; yields its address."""
    port = free_port()
    argv = [shutil.which("turnserver"), "-n", "--log-file", "stdout", "--no-cli", "--no-tls", "--no-dtls"]
    argv += ["--listening-ip", "127.0.0.1", "--listening-port", str(port), "--relay-ip", "127.0.0.1"]
    argv += ["--allow-loopback-peers", "--use-auth-secret", "--static-auth-secret", secret, "--realm", "test"]
    with log.open("wb") as output:
        process = subprocess.Popen(argv, stdout=output, stderr=subprocess.STDOUT, cwd=log.parent)
    try:
        yield f"turn:127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.mark.skipif(not shutil.which("turnserver"), reason=NO_RELAY)
@pytest.mark.parametrize("is_right", [True, False])
def test_through_the_relay_alone(browser, transactional_db, tmp_path, is_right):
    """With the secret that the relay knows; and with a wrong one nobody connects, since the relay lets nobody in."""
    with relay("north", tmp_path / "relay.log") as turn:
        environment = {"TURN_URLS": turn, "TURN_SECRET": "north" if is_right else "south"}
        with web(tmp_path / "web.log", environment=environment) as address:
            visit = Visit(browser, address)
            visit.admit()
            pages = [visit.provider(script=SPY + THROUGH_RELAY), visit.patient(script=SPY + THROUGH_RELAY)]
            try:
                if is_right:
                    for page in pages:
                        connected(page)
                else:
                    expect(pages[0].locator("[data-call=connecting]")).to_be_visible(timeout=CONNECTS_WITHIN)
                    time.sleep(5)
                    assert pages[0].evaluate("spied.connections.every((each) => each.connectionState !== 'connected')")
            finally:
                visit.close()
