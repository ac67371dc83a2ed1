"""The room's pages: who may open them, what they write down, and what a refusal leaves behind."""

import pytest
from django.urls import resolve, reverse
from django.utils import timezone

from accounts.permissions import Role as StaffRole
from clinics.tests.factories import MembershipFactory, ProviderFactory
from compliance.models import AuditEvent
from coordination.actions import invite_guest, invite_interpreter, remove_participant
from coordination.actions.room_people import INVITE_PATH
from coordination.tests.rooms import checked_in, room_of, visit_now
from messaging.models import Message
from telehealth.errors import RoomClosed
from telehealth.models import Incident, Invite, Participant, SessionEvent, VisitSession
from telehealth.states import Outcome, Role, State
from worklist.models import Task

pytestmark = pytest.mark.django_db
PANEL = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "room-panel"}


@pytest.fixture
def visit(scene):
    return visit_now(scene)


@pytest.fixture
def provider(scene):
    """A provider who signs in."""
    user = MembershipFactory(clinic=scene.clinic, role=StaffRole.PROVIDER).user
    return ProviderFactory(clinics=[scene.clinic], user=user)


def url(visit, name="room", *args):
    return reverse(f"coordination:{name}", args=[visit.public_id, *args])


def last_audit():
    return AuditEvent.objects.order_by("-pk").first()


# --- Who may come in ---

POSTS = ["room_admit", "room_hold", "room_phone", "room_finish", "room_late", "room_urgent", "room_link", "room_invite"]


@pytest.mark.parametrize("name", ["room", "room_panel", "emergency"])
def test_another_clinics_room_is_nowhere(client, stranger, visit, name):
    client.force_login(stranger)
    assert client.get(url(visit, name)).status_code == 404
    refusal = AuditEvent.objects.get(action="coordination.refused")
    assert (refusal.outcome, refusal.subject) == ("refused", f"appointment:{visit.public_id}")
    assert not VisitSession.objects.exists()


@pytest.mark.parametrize("name", [*POSTS, "room_reveal", "emergency"])
def test_nothing_is_done_in_another_clinics_room(client, stranger, visit, name):
    checked_in(visit)
    client.force_login(stranger)
    assert client.post(url(visit, name), {"outcome": "completed_video", "minutes": 5, "body": "x"}).status_code == 404
    assert VisitSession.objects.get().state == State.WAITING
    assert not SessionEvent.objects.exists() and not Incident.objects.exists() and not Message.objects.exists()
    assert AuditEvent.objects.filter(action="coordination.refused").count() == 1


def test_a_provider_opens_their_own_rooms_alone(client, scene, provider, visit):
    mine = visit_now(scene, provider=provider)
    client.force_login(provider.user)
    assert client.get(url(visit)).status_code == 404
    assert client.get(url(mine)).status_code == 200
    assert Participant.objects.get(user=provider.user).role == Role.PROVIDER


def test_a_coordinator_sits_in_as_one(desk, coordinator, visit):
    assert desk.get(url(visit)).status_code == 200
    assert Participant.objects.get(user=coordinator).role == Role.COORDINATOR


def test_insurance_staff_conduct_no_visits(client, scene, visit):
    client.force_login(MembershipFactory(clinic=scene.clinic, role=StaffRole.INSURANCE).user)
    assert client.get(url(visit)).status_code == 403
    assert client.get(reverse("coordination:live")).status_code == 403


# --- What is seen is written down ---


def test_opening_the_room_is_written_down(desk, visit):
    desk.get(url(visit))
    seen = last_audit()
    assert (seen.action, seen.subject, seen.patient_id) == ("page.viewed", "page:visit_room", visit.patient.public_id)


def test_the_page_may_use_camera_and_microphone(desk, visit):
    assert "camera=(self)" in desk.get(url(visit)).headers["Permissions-Policy"]


def test_address_and_number_are_shown_when_asked_for_and_written_down(desk, visit):
    checked_in(visit)
    page = desk.get(url(visit))
    assert b"Albany" in page.content
    assert b"12 Elm Street" not in page.content and b"555-0177" not in page.content
    shown = desk.post(url(visit, "room_reveal"), HTTP_HX_REQUEST="true")
    assert b"12 Elm Street" in shown.content and b"(202) 555-0177" in shown.content
    assert AuditEvent.objects.get(action="coordination.check_in_read").subject == visit.subject


def test_on_the_phone_the_number_to_dial_is_there_and_its_reading_written_down(desk, visit):
    checked_in(visit)
    answer = desk.post(url(visit, "room_phone"), {"back": "room"}, follow=True)
    assert b"(202) 555-0177" in answer.content
    seen = AuditEvent.objects.filter(subject="page:visit_room").latest("pk")
    assert seen.detail == {"check_in": VisitSession.objects.get().check_ins.get().public_id}


# --- Steps ---


def test_admit_hold_and_finish_from_the_panel(desk, visit):
    checked_in(visit)
    panel = desk.post(url(visit, "room_admit"), follow=True, **PANEL)
    assert panel.status_code == 200 and b"Connecting" in panel.content and b"<html" not in panel.content
    panel = desk.post(url(visit, "room_hold"), follow=True, **PANEL)
    assert b"On hold" in panel.content
    over = desk.post(url(visit, "room_finish"), {"outcome": Outcome.COMPLETED_VIDEO}, **PANEL)
    assert over.headers["HX-Redirect"] == url(visit)  # the call's part of the page is over, too
    assert VisitSession.objects.get().outcome == Outcome.COMPLETED_VIDEO
    assert b"Held by video" in desk.get(url(visit)).content


def test_a_refused_step_is_said_and_written_down_once(desk, visit):
    room_of(visit, State.WAITING)
    answer = desk.post(url(visit, "room_admit"), {"back": "room"}, follow=True)
    assert b"has not checked in" in answer.content
    refused = AuditEvent.objects.get(outcome="refused")
    assert (refused.action, refused.detail) == (
        "coordination.room_step_refused", {"step": "room_admit", "why": "NotCheckedIn"},
    )  # fmt: skip
    assert not SessionEvent.objects.exists() and not Message.objects.exists()


def test_a_missing_interpreter_can_be_gone_without_for_a_reason(desk, scene):
    visit = visit_now(scene, interpreter_language="ASL")
    checked_in(visit)
    assert b"The interpreter for ASL is not here yet." in desk.get(url(visit)).content
    assert desk.post(url(visit, "room_admit"), {"reason": ""}, **PANEL).status_code == 422
    assert VisitSession.objects.get().state == State.WAITING
    desk.post(url(visit, "room_admit"), {"reason": "urgent"}, **PANEL)
    assert SessionEvent.objects.get().note == "no_interpreter:urgent"


def test_the_providers_desk_goes_to_the_room_that_was_opened(client, scene, provider):
    visit = visit_now(scene, provider=provider)
    checked_in(visit)
    client.force_login(provider.user)
    answer = client.post(url(visit, "room_admit"), HTTP_HX_REQUEST="true", HTTP_HX_TARGET="toasts")
    assert answer.headers["HX-Redirect"] == url(visit)


@pytest.mark.parametrize(
    ("begins_in", "state", "outcomes"),
    [
        (10, State.WAITING, {"patient_left", "technical_failure", "provider_no_show"}),
        (0, State.WAITING, {"patient_left", "technical_failure", "provider_no_show", "patient_no_show"}),
    ],
)
def test_only_ends_that_can_be_true_are_offered(desk, scene, begins_in, state, outcomes):
    visit = visit_now(scene, minutes=begins_in)
    room_of(visit, state)
    form = desk.get(url(visit)).context["finish_form"]
    assert {value for value, _label in form.fields["outcome"].choices if value} == outcomes
    answer = desk.post(url(visit, "room_finish"), {"outcome": "completed_video"})
    assert answer.status_code == 422
    assert VisitSession.objects.get().state == state


@pytest.mark.parametrize("minutes", ["-1", "121", "soon", ""])
def test_a_delay_that_is_none_is_refused(desk, visit, minutes):
    room_of(visit)
    assert desk.post(url(visit, "room_late"), {"minutes": minutes}, **PANEL).status_code == 422
    assert VisitSession.objects.get().provider_late_minutes is None


def test_late_from_the_drawer(desk, visit):
    assert b"Minutes after the booked time" in desk.get(f"{url(visit, 'visit')}?panel=late").content
    answer = desk.post(url(visit, "room_late"), {"minutes": "15"})
    assert answer.url == url(visit, "visit")
    assert VisitSession.objects.get().provider_late_minutes == 15


# --- Guests and interpreters ---


def test_a_link_is_shown_once(desk, visit):
    answer = desk.post(url(visit, "room_invite"), {"role": "guest", "name": "Rosa", "mobile": ""}, **PANEL)
    link = answer.context["invited"]["link"]
    assert link.encode() in answer.content and "/v/" in link
    assert link.encode() not in desk.get(url(visit)).content
    assert Invite.objects.get().participant.name == "Rosa"
    assert not Message.objects.exists()


def test_a_link_is_texted_to_the_number_that_was_typed(desk, visit):
    data = {"role": "interpreter", "name": "Ines", "mobile": "(202) 555-0188"}
    answer = desk.post(url(visit, "room_invite"), data, **PANEL)
    sent = Message.objects.get()
    assert (sent.to, sent.template_key, sent.patient) == ("+12025550188", "visit_invite", None)
    assert answer.context["invited"]["link"] in sent.body
    assert Participant.objects.get(role=Role.INTERPRETER).name == "Ines"


@pytest.mark.parametrize("mobile", ["12", "+442071838750"])
def test_a_number_that_gets_no_texts_makes_no_link(desk, visit, mobile):
    answer = desk.post(url(visit, "room_invite"), {"role": "guest", "name": "Rosa", "mobile": mobile}, **PANEL)
    assert answer.status_code == 422
    assert not Invite.objects.exists()


def test_who_is_asked_out_stays_out(desk, visit, coordinator):
    now = timezone.now()
    invite_guest(appointment=visit, name="Rosa", by=coordinator, now=now)
    guest = Participant.objects.get(role=Role.GUEST)
    desk.post(url(visit, "room_remove", guest.public_id), **PANEL)
    guest.refresh_from_db()
    assert guest.removed_at is not None
    assert Invite.objects.get().revoked_at is not None


def test_patients_are_not_asked_out_like_guests(desk, visit, coordinator):
    session = room_of(visit)
    patient = session.participants.get()
    assert desk.post(url(visit, "room_remove", patient.public_id)).status_code == 404
    with pytest.raises(ValueError, match="guests"):
        remove_participant(participant=patient, by=coordinator, now=timezone.now())


def test_nobody_is_invited_to_what_is_over(visit, coordinator):
    room_of(visit, State.ENDED, outcome=Outcome.COMPLETED_VIDEO)
    with pytest.raises(RoomClosed):
        invite_interpreter(appointment=visit, name="Ines", by=coordinator, now=timezone.now())
    assert not Invite.objects.exists()


# --- Emergency ---


def test_the_emergency_page_says_where_whom_and_what(desk, scene):
    visit = visit_now(scene)
    visit.patient.emergency_name, visit.patient.emergency_phone = "Ivo Robin", "+12025550166"
    visit.patient.save()
    checked_in(visit)
    page = desk.get(url(visit, "emergency")).content.decode()
    for words in ("12 Elm Street, Albany, New York", "(202) 555-0177", "Ivo Robin", "(202) 555-0166", "911"):
        assert words in page
    assert AuditEvent.objects.filter(subject="page:emergency", patient_id=visit.patient.public_id).count() == 1


def test_an_emergency_without_a_check_in_says_so(desk, visit):
    assert b"The patient did not check in" in desk.get(url(visit, "emergency")).content


def test_the_log_only_grows_and_calls_the_supervisors_once(desk, visit, coordinator):
    desk.post(url(visit, "emergency"), {"quick": "called_911"})
    desk.post(url(visit, "emergency"), {"body": "Daughter is with her."})
    lines = list(Incident.objects.order_by("pk"))
    assert [line.body for line in lines] == [
        "I called 911 and gave the place and the call-back number.", "Daughter is with her.",
    ]  # fmt: skip
    assert {line.by for line in lines} == {coordinator}
    task = Task.objects.get()
    assert (task.kind, task.priority, task.subject) == ("emergency", Task.Priority.URGENT, visit.subject)
    assert AuditEvent.objects.filter(action="coordination.incident_logged").count() == 2


@pytest.mark.parametrize("given", [{}, {"body": "  "}, {"quick": "made_up"}])
def test_an_empty_line_is_none(desk, visit, given):
    assert desk.post(url(visit, "emergency"), given).status_code == 422
    assert not Incident.objects.exists() and not Task.objects.exists()


def test_the_room_costs_a_fixed_number_of_queries(desk, visit, django_assert_max_num_queries):
    session = checked_in(visit)
    desk.get(url(visit))
    for number in range(6):
        Participant.objects.create(session=session, role=Role.GUEST, name=f"Guest {number}")
    with django_assert_max_num_queries(26):
        assert desk.get(url(visit)).status_code == 200


def test_the_invitations_path_is_the_guests_page():
    """The portal stands above: that the address is right is an agreement."""
    assert resolve(INVITE_PATH.format(token="x" * 32)).view_name == "portal:guest"
