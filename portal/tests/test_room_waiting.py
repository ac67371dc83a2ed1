"""The waiting room: honest, kept while one is away, and over when it is over."""

import json
from datetime import timedelta

import pytest
import time_machine

from compliance.models import AuditEvent
from coordination.actions import cancel_visit
from patients.tests.factories import PatientFactory
from portal.tests.room import Seated, said
from scheduling.models import Appointment
from scheduling.models.visit_type import Modality
from scheduling.states import Status
from scheduling.tests.factories import TOMORROW_TEN
from telehealth import presence
from telehealth.actions import move, seat, session_of, unseat
from telehealth.models import Participant, SessionEvent, VisitSession
from telehealth.states import Event, Outcome, Role, State
from telehealth.tests.factories import SessionFactory
from worklist.models import Task

pytestmark = pytest.mark.django_db


def step(seated, event, outcome=""):
    move(
        session=seated.session(),
        event=event,
        by=None,
        by_label="staff",
        now=seated.session().state_since,
        outcome=outcome,
    )


def stage_of(seated) -> str:
    page, fragment = seated.page(), seated.page("waiting/")
    shown = fragment.split('data-stage="')[1].split('"')[0]
    assert f'data-stage="{shown}"' in page
    return shown


class TestWaiting:
    def test_place_wait_and_provider(self, waiting, scene):
        page = waiting.page()
        assert "You are next." in page and "Your provider is not here yet" in page
        assert scene.provider.name in page
        provider = Participant.objects.create(session=waiting.session(), role=Role.PROVIDER)
        presence.mark(provider.public_id)
        page = waiting.page("waiting/")
        assert "Your provider is here" in page and "any moment now" in page

    def test_never_the_providers_field(self, waiting, scene):
        scene.provider.specialty, scene.provider.credentials = "Addiction medicine", "PsyD"
        scene.provider.save()
        for page in (waiting.page(), waiting.page("waiting/"), waiting.page("state/")):
            assert "Addiction" not in page and "PsyD" not in page
            assert scene.visit_type.name not in page

    def test_three_patients_in_their_order(self, waiting, scene, other_visit):
        """The second came earlier, but is booked later; the third has to be seen first."""
        later = SessionFactory(
            appointment=other_visit, state=State.WAITING, arrived_at=TOMORROW_TEN - timedelta(hours=1)
        )
        third = scene.book(TOMORROW_TEN + timedelta(hours=2), patient=_another(scene))
        urgent = SessionFactory(appointment=third, state=State.WAITING, is_urgent=True)
        assert "1 person is before you." in waiting.page("waiting/")
        assert "about 25 to 40 minutes" in waiting.page("waiting/")
        VisitSession.objects.filter(pk=urgent.pk).update(state=State.IN_CALL, admitted_at=TOMORROW_TEN)
        assert "You are next." in waiting.page("waiting/") and later.state == State.WAITING

    def test_said_to_be_late(self, waiting):
        VisitSession.objects.update(provider_late_minutes=20)
        page = waiting.page()
        assert "about 20 minutes late" in page and "Call me instead" in page and "Choose another time" in page

    def test_late_by_the_clock(self, waiting, at_start):
        assert "minutes late" not in waiting.page()
        with time_machine.travel(at_start + timedelta(minutes=7), tick=False):
            page = waiting.page()
        assert "about 7 minutes late" in page and "not known yet" in page

    def test_early_birds_see_when_it_begins(self, room_visit, seated_at):
        with time_machine.travel(room_visit.starts_at - timedelta(minutes=20), tick=False):
            seated = seated_at()
            seated.client.post(seated.url + "check-in/", said())
            page = seated.page()
        assert "Your visit starts" in page and "10:00 AM EST" in page and "about 15 to 25 minutes" in page

    def test_coming_back_keeps_the_place(self, waiting, room_link, client):
        since = waiting.session().state_since
        assert client.post(room_link() + "join/").url == waiting.url
        assert waiting.session().state_since == since and SessionEvent.objects.count() == 1

    def test_the_browser_may_use_its_camera_here_only(self, waiting, client, room_link):
        assert "camera=(self)" in client.get(waiting.url)["Permissions-Policy"]
        assert "camera=()" in client.get(room_link())["Permissions-Policy"]

    def test_the_poll(self, waiting, client):
        answer = client.get(waiting.url + "state/")
        assert answer["Cache-Control"] == "no-store" and "noindex" in answer["X-Robots-Tag"]
        seen = json.loads(answer.content)
        assert seen["state"] == "waiting" and seen["queue"]["position"] == 1 and not seen["admitted"]

    @pytest.mark.parametrize("method", ["get", "head"])
    def test_looking_changes_nothing(self, waiting, client, method):
        def everything():
            tables = (VisitSession, Participant, SessionEvent, Appointment, Task)
            return [list(table.objects.order_by("pk").values()) for table in tables]

        before = everything()
        for path in ("", "check-in/", "waiting/", "state/", "ask/", "message/"):
            assert getattr(client, method)(waiting.url + path).status_code in (200, 302)
        assert everything() == before

    def test_every_look_is_on_record(self, waiting, room_visit):
        waiting.page()
        waiting.page("waiting/")
        looks = AuditEvent.objects.filter(action="page.viewed", patient_id=room_visit.patient.public_id)
        assert {"page:portal-room", "page:portal-room-stage"} <= set(looks.values_list("subject", flat=True))

    def test_a_page_that_asks_is_open(self, waiting):
        seat_id = Participant.objects.get().public_id
        presence.clear(seat_id)
        waiting.page("state/")
        assert presence.of([seat_id]) == {seat_id: "here"}
        presence.mark(seat_id, "call")
        waiting.page("waiting/")
        assert presence.of([seat_id]) == {seat_id: "call"}

    def test_a_page_that_asks_without_end_is_slowed_down_alone(self, waiting, second_client, guest_link):
        url = second_client.post(guest_link()).url
        codes = {waiting.client.get(waiting.url + "state/").status_code for _look in range(121)}
        assert codes == {200, 429}
        assert second_client.get(url + "state/").status_code == 200  # from the same address

    def test_how_many_queries(self, waiting, django_assert_max_num_queries):
        with django_assert_max_num_queries(16):
            waiting.page("waiting/")


def _another(scene):
    return PatientFactory(clinics=[scene.clinic])


class TestAsking:
    def ask(self, seated, wish):
        return seated.client.post(seated.url + "ask/", {"wish": wish})

    def test_a_text_when_it_is_my_turn(self, waiting):
        assert "Text me when it is my turn" in waiting.page()
        assert self.ask(waiting, "text").url == waiting.url
        assert waiting.session().text_when_ready and "We text you" in waiting.page()
        self.ask(waiting, "no_text")
        assert not waiting.session().text_when_ready
        assert AuditEvent.objects.filter(action="telehealth.text_wanted").count() == 2

    def test_no_text_for_whom_no_text_reaches(self, waiting, room_visit):
        room_visit.patient.consents.filter(topic="texts").delete()
        assert "Text me when it is my turn" not in waiting.page()

    @pytest.mark.parametrize(("wish", "words"), [("call", "somebody will call you"), ("time", "about another time")])
    def test_the_desk_hears_it_once(self, waiting, room_visit, wish, words):
        for _click in range(2):
            self.ask(waiting, wish)
        task = Task.objects.get()
        assert (task.subject, task.patient, task.priority) == (room_visit.subject, room_visit.patient, 1)
        assert words in waiting.page() and waiting.session().state == State.WAITING

    def test_nonsense_asks_nothing(self, waiting):
        for wish in ("", "identity", "x" * 500):
            self.ask(waiting, wish)
        assert not Task.objects.exists() and not waiting.session().text_when_ready

    def test_a_message_to_the_desk(self, waiting, room_visit):
        answer = waiting.client.post(waiting.url + "message/", {"words": "My sound does not work"}, follow=True)
        assert "at the front desk" in answer.content.decode()
        task = Task.objects.get()
        assert task.title == "From the waiting room: “My sound does not work”" and task.subject == room_visit.subject

    @pytest.mark.parametrize("words", ["", " ", "x" * 501])
    def test_no_message(self, waiting, words):
        page = waiting.client.post(waiting.url + "message/", {"words": words}).content.decode()
        assert "field-error" in page and "<details" in page and not Task.objects.exists()

    def test_a_flood_of_messages_ends(self, waiting):
        codes = [waiting.client.post(waiting.url + "message/", {"words": "Hello"}).status_code for _click in range(21)]
        assert codes == [302] * 20 + [429] and Task.objects.count() == 20

    def test_not_before_the_check_in(self, seated):
        self.ask(seated, "call")
        seated.client.post(seated.url + "message/", {"words": "Hello"})
        assert not Task.objects.exists()

    def test_guests_ask_for_nothing(self, waiting, second_client, guest_link):
        url = second_client.post(guest_link()).url
        assert "front desk" not in second_client.get(url).content.decode()
        second_client.post(url + "ask/", {"wish": "call"})
        assert not Task.objects.exists()


class TestStages:
    def test_from_the_waiting_room_to_the_end(self, waiting):
        assert stage_of(waiting) == "waiting"
        step(waiting, Event.ADMIT)
        assert stage_of(waiting) == "call"
        step(waiting, Event.HOLD)
        assert stage_of(waiting) == "waiting" and "One moment, please" in waiting.page()
        step(waiting, Event.TO_PHONE)
        assert stage_of(waiting) == "phone" and "ending in 23" in waiting.page()
        step(waiting, Event.FINISH, Outcome.COMPLETED_PHONE)
        assert stage_of(waiting) == "over" and "Thank you for your visit" in waiting.page()

    def test_the_call_is_at_hand_until_the_end(self, waiting):
        assert 'id="call-part"' in waiting.page() and f"/ws/visit/{waiting.session().public_id}/" in waiting.page()
        step(waiting, Event.ADMIT)
        assert 'id="call-part"' in waiting.page()
        step(waiting, Event.FINISH, Outcome.COMPLETED_VIDEO)
        assert "call-part" not in waiting.page()

    @pytest.mark.parametrize("modality", [Modality.PHONE, Modality.LINK])
    def test_other_visits_hold_no_call(self, waiting, room_visit, modality):
        room_visit.modality = modality
        room_visit.save()
        assert "call-part" not in waiting.page() and "/ws/visit/" not in waiting.page()

    def test_cancelled_while_waiting(self, waiting, room_visit, at_start):
        cancel_visit(appointment=room_visit, by=None, by_label="staff", now=at_start, reason="other")
        assert stage_of(waiting) == "cancelled"
        assert "You do not have to wait any longer" in waiting.page()
        assert not json.loads(waiting.page("state/"))["admitted"]

    def test_nobody_came(self, seated, room_visit, at_start):
        room_visit.status = Status.NO_SHOW
        room_visit.save()
        assert stage_of(seated) == "over" and "we did not meet" in seated.page()

    def test_moved_before_the_check_in(self, seated, scene, room_visit, at_start):
        later = TOMORROW_TEN + timedelta(days=1)
        room_visit.events.create(event="move", to_status="booked", version=2, at=at_start + timedelta(seconds=1))
        Appointment.objects.update(starts_at=later, ends_at=later + timedelta(minutes=30))
        page = seated.page()
        assert stage_of(seated) == "early" and "Your visit was moved" in page and "November 25" in page

    def test_too_late(self, seated, room_visit):
        with time_machine.travel(room_visit.ends_at + timedelta(hours=2), tick=False):
            assert stage_of(seated) == "over"

    def test_a_call_goes_on_past_the_closing(self, waiting, room_visit):
        step(waiting, Event.ADMIT)
        with time_machine.travel(room_visit.ends_at + timedelta(hours=3), tick=False):
            assert stage_of(waiting) == "call"

    def test_a_guest_waits_for_the_patient_and_comes_in_with_them(self, seated, second_client, guest_link):
        guest = Seated(second_client, second_client.post(guest_link()).url)
        assert stage_of(guest) == "expecting"
        seated.client.post(seated.url + "check-in/", said())
        assert stage_of(guest) == "waiting" and "The visit begins soon" in guest.page()
        assert "You are next." not in guest.page("waiting/").split("queue-place")[1]
        step(seated, Event.ADMIT)
        assert stage_of(guest) == "call" and json.loads(guest.page("state/"))["admitted"]


class TestLosingTheSeat:
    def test_it_is_said_in_the_patients_language(self, waiting, room_visit):
        room_visit.patient.language = "es"
        room_visit.patient.save()
        seat(session=waiting.session(), role=Role.PATIENT, now=waiting.session().state_since)
        assert '<html lang="es"' in waiting.page()

    def test_half_a_day_is_enough(self, waiting, at_start):
        with time_machine.travel(at_start + timedelta(hours=12), tick=False):
            answer = waiting.client.get(waiting.url)
        assert answer.status_code == 409 and "Open your link again" in answer.content.decode()

    def test_taken_over(self, waiting):
        seat(session=waiting.session(), role=Role.PATIENT, now=waiting.session().state_since)
        for path in ("", "waiting/", "state/"):
            answer = waiting.client.get(waiting.url + path)
            assert answer.status_code == 409 and "another device" in answer.content.decode()
        waiting.client.post(waiting.url + "ask/", {"wish": "call"})
        assert not Task.objects.exists()

    def test_asked_out(self, waiting, second_client, guest_link, at_start):
        url = second_client.post(guest_link()).url
        unseat(participant=Participant.objects.get(role=Role.GUEST), by=None, now=at_start)
        answer = second_client.get(url)
        assert answer.status_code == 409 and "another device" not in answer.content.decode()

    def test_without_a_seat(self, waiting, second_client):
        answer = second_client.get(waiting.url)
        assert answer.status_code == 404 and "Open the link in our last message" in answer.content.decode()


def test_in_spanish(waiting, room_visit):
    room_visit.patient.language = "es"
    room_visit.patient.save()
    page = waiting.page()
    assert '<html lang="es"' in page and "You are next." not in page and "Waiting room" not in page


def test_two_patients_do_not_meet(waiting, scene, other_visit, second_client):
    session = session_of(other_visit)
    patient, secret = seat(session=session, role=Role.PATIENT, now=TOMORROW_TEN)
    second_client.cookies[f"seat-{session.public_id}"] = f"{patient.public_id}.{secret}"
    assert second_client.get(f"/visit/{session.public_id}/").status_code == 200
    assert second_client.get(waiting.url).status_code == 404
    assert waiting.client.get(f"/visit/{session.public_id}/").status_code == 404
