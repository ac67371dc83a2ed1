"""From the link to the waiting room: the button, the birth date, where the patient is, what they agree to."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache

from compliance.models import AuditEvent
from patients.models import ConsentRecord
from patients.tests.factories import ConsentRecordFactory, ContactPointFactory
from patients.wording import CONSENT_VERSION
from portal.tests.room import JOIN, said, taken_seat
from scheduling.models.visit_type import Modality
from scheduling.states import Status
from telehealth.models import CheckIn, Participant, VisitSession
from telehealth.seating import cookie_name
from telehealth.states import State
from worklist.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(room_visit):
    return room_visit


def everything() -> tuple:
    return (
        list(VisitSession.objects.values()),
        list(Participant.objects.values()),
        list(CheckIn.objects.values()),
        Task.objects.count(),
        ConsentRecord.objects.count(),
    )


class TestTheButton:
    @pytest.mark.parametrize("minutes", [-31, 150])
    def test_closed_rooms_have_no_button(self, client, room_link, visit, minutes):
        with time_machine.travel(visit.starts_at + timedelta(minutes=minutes), tick=False):
            page = client.get(room_link()).content.decode()
            assert JOIN not in page
            assert ("You can join here from half an hour before" in page) is (minutes < 0)
            assert client.post(room_link() + "join/").url.startswith("/m/")
        assert not Participant.objects.exists()

    @pytest.mark.parametrize("minutes", [-30, -1, 0, 29, 149])
    def test_open_rooms_have(self, client, room_link, visit, minutes):
        with time_machine.travel(visit.starts_at + timedelta(minutes=minutes), tick=False):
            link = room_link()
            assert JOIN in client.get(link).content.decode()
            answer = client.post(link + "join/")
        session = VisitSession.objects.get(appointment=visit)
        assert answer.url == f"/visit/{session.public_id}/"
        cookie = answer.cookies[cookie_name(session.public_id)]
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["max-age"] == 12 * 3600
        assert cookie["path"] == "/"

    @pytest.mark.parametrize("method", ["get", "head"])
    def test_looking_changes_nothing(self, client, at_start, room_link, method):
        link, before = room_link(), everything()
        for path in (link, link + "join/"):
            getattr(client, method)(path)
        assert everything() == before

    def test_the_same_browser_keeps_its_seat(self, client, at_start, room_link):
        link = room_link()
        client.post(link + "join/")
        seat = Participant.objects.values().get()
        client.post(link + "join/")
        assert Participant.objects.values().get() == seat

    def test_another_device_before_the_check_in(self, client, at_start, room_link, second_client):
        client.post(room_link() + "join/")
        url = second_client.post(room_link() + "join/").url
        answer = client.get(url, follow=True)
        assert answer.status_code == 409 and "another device" in answer.content.decode()

    def test_another_device_after_it_has_to_know_the_birth_date(self, waiting, second_client, room_link):
        link = room_link() + "join/"
        asked = second_client.post(link)
        assert asked.status_code == 200 and "Welcome back" in asked.content.decode()
        wrong = second_client.post(link, said(year="1990"))
        assert "not the date of birth" in wrong.content.decode() and not any(
            name.startswith("seat-") for name in wrong.cookies
        )
        right = second_client.post(link, said())
        assert right.status_code == 302
        assert "You are checked in" in second_client.get(right.url).content.decode()
        assert waiting.client.get(waiting.url).status_code == 409

    def test_a_cancelled_visit_cannot_be_joined(self, client, at_start, room_link, visit):
        visit.status, visit.cancel_reason = Status.CANCELLED, "other"
        visit.save()
        assert JOIN not in client.get(room_link()).content.decode()
        client.post(room_link() + "join/")
        assert not Participant.objects.exists()


class TestCheckIn:
    def test_the_first_way_leads_there(self, client, at_start, room_link):
        url = client.post(room_link() + "join/").url
        assert client.get(url).url == url + "check-in/"
        page = client.get(url + "check-in/").content.decode()
        assert "in an emergency" in page and "The number ending in 23" in page and "0123" not in page

    def test_all_right(self, client, at_start, seated, visit):
        answer = client.post(seated.url + "check-in/", said(seated))
        assert answer.url == seated.url
        session, row = seated.session(), CheckIn.objects.get()
        visit.refresh_from_db()
        assert (session.state, visit.status) == (State.WAITING, Status.ARRIVED)
        assert session.arrived_at == at_start == visit.arrived_at
        assert (row.state, row.city, row.address, row.callback_number) == ("NY", "Albany", "1 Main St", "+12025550123")
        assert row.is_licensed and row.consent.granted and row.language == "en"
        assert session.events.get().by_label == "patient-link"
        actions = AuditEvent.objects.filter(patient_id=visit.patient.public_id).values_list("action", flat=True)
        assert {"telehealth.checked_in", "telehealth.session_arrive", "patients.consent_recorded"} <= set(actions)
        assert "You are next." in client.get(seated.url).content.decode()

    @pytest.mark.parametrize("name", ["birth_date_year", "state", "city", "address", "callback", "telehealth"])
    def test_nothing_may_be_missing(self, client, at_start, seated, name):
        given = said(seated)
        del given[name]
        before = everything()
        page = client.post(seated.url + "check-in/", given)
        assert page.status_code == 200 and "There is a problem" in page.content.decode()
        assert everything() == before

    def test_another_number(self, client, at_start, seated):
        client.post(seated.url + "check-in/", said(seated, callback="another", callback_number="(202) 555-0188"))
        assert CheckIn.objects.get().callback_number == "+12025550188"

    @pytest.mark.parametrize("number", ["", "12", "+44 20 7946 0018", "(900) 555-0188"])
    def test_a_number_that_cannot_be_called(self, client, at_start, seated, number):
        client.post(seated.url + "check-in/", said(seated, callback="another", callback_number=number))
        assert not CheckIn.objects.exists()

    def test_a_patient_without_a_number_is_asked_for_one(self, client, at_start, seated, visit):
        visit.patient.contact_points.all().delete()
        given = said(seated, callback_number="2025550188")
        del given["callback"]
        client.post(seated.url + "check-in/", given)
        assert CheckIn.objects.get().callback_number == "+12025550188"

    def test_a_wrong_birth_date(self, client, at_start, seated, visit):
        page = client.post(seated.url + "check-in/", said(seated, year="1990")).content.decode()
        assert "not the date of birth" in page and "1 Main St" in page  # nobody types it all again
        assert not CheckIn.objects.exists() and seated.session().state == State.SCHEDULED
        refused = AuditEvent.objects.get(action="portal.identity_refused")
        assert (refused.outcome, refused.patient_id) == ("refused", visit.patient.public_id)

    def test_five_tries_an_hour(self, client, at_start, seated, visit):
        for _try in range(5):
            client.post(seated.url + "check-in/", said(seated, year="1990"))
        assert not Task.objects.exists()
        for _try in range(2):
            page = client.post(seated.url + "check-in/", said(seated)).content.decode()  # even the right one
            assert "(202) 555-0100" in page and "Please call us" in page
        task = Task.objects.get()
        assert (task.subject, task.patient, task.priority) == (visit.subject, visit.patient, Task.Priority.URGENT)
        assert not CheckIn.objects.exists()
        with time_machine.travel(at_start + timedelta(hours=1, minutes=1), tick=False):
            client.post(seated.url + "check-in/", said(seated))
        assert CheckIn.objects.exists()

    def test_where_the_provider_has_no_license(self, client, at_start, seated, visit):
        answer = client.post(seated.url + "check-in/", said(seated, state="TX"), follow=True)
        page = answer.content.decode()
        assert "Texas" in page and "(202) 555-0100" in page and "front desk" in page
        row = CheckIn.objects.get()
        assert (row.state, row.is_licensed, row.city) == ("TX", False, "Albany")
        visit.refresh_from_db()
        assert (seated.session().state, visit.status) == (State.SCHEDULED, Status.BOOKED)
        assert Task.objects.get().subject == visit.subject

    def test_the_state_was_a_slip(self, client, at_start, seated):
        client.post(seated.url + "check-in/", said(seated, state="TX"))
        client.post(seated.url + "check-in/", said(seated))
        assert seated.session().state == State.WAITING
        assert CheckIn.objects.count() == 2 and ConsentRecord.objects.filter(topic="telehealth").count() == 1
        assert not Task.objects.open().exists()

    def test_a_license_counts_by_the_day_where_the_patient_is(self, client, scene, visit, seated_at):
        """Eleven at night in New York is still today there, and tomorrow by UTC."""
        scene.provider.licenses.update(valid_until=datetime(2026, 11, 24, tzinfo=UTC).date())
        late = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
        visit.starts_at, visit.ends_at = late, late + timedelta(minutes=30)
        visit.save()
        with time_machine.travel(late, tick=False):
            seated = seated_at()
            client.post(seated.url + "check-in/", said(seated))
        assert CheckIn.objects.get().is_licensed

    def test_a_standing_word_is_not_asked_for_again(self, client, at_start, seated, visit):
        ConsentRecordFactory(patient=visit.patient, topic="telehealth", wording_version=CONSENT_VERSION)
        assert "You agreed on" in client.get(seated.url + "check-in/").content.decode()
        given = said(seated)
        del given["telehealth"]
        client.post(seated.url + "check-in/", given)
        assert CheckIn.objects.get().consent == ConsentRecord.objects.get(topic="telehealth")

    @pytest.mark.parametrize("earlier", [{"granted": False}, {"wording_version": "2020-01"}])
    def test_an_old_or_revoked_word_is(self, client, at_start, seated, visit, earlier):
        given = {"wording_version": CONSENT_VERSION} | earlier
        ConsentRecordFactory(patient=visit.patient, topic="telehealth", **given)
        client.post(seated.url + "check-in/", said(seated))
        kept = CheckIn.objects.get().consent
        assert (kept.source, kept.language, kept.wording_version, kept.granted) == ("link", "en", CONSENT_VERSION, True)
        assert "seen at a distance" in kept.wording

    def test_twice_is_once(self, client, at_start, seated):
        for _click in range(2):
            assert client.post(seated.url + "check-in/", said(seated)).url == seated.url
        assert CheckIn.objects.count() == 1 and seated.session().events.count() == 1

    @pytest.mark.parametrize("method", ["get", "head"])
    def test_looking_changes_nothing(self, client, at_start, seated, method):
        before = everything()
        assert getattr(client, method)(seated.url + "check-in/").status_code == 200
        assert everything() == before

    def test_the_desk_was_quicker(self, client, at_start, seated, visit):
        visit.status = Status.ARRIVED
        visit.save()
        client.post(seated.url + "check-in/", said(seated))
        assert seated.session().state == State.WAITING

    def test_in_spanish(self, client, at_start, seated, visit):
        visit.patient.language = "es"
        visit.patient.save()
        page = client.get(seated.url + "check-in/").content.decode()
        assert '<html lang="es"' in page and "Check in for your visit" not in page
        client.post(seated.url + "check-in/", said(seated))
        row = CheckIn.objects.get()
        assert (row.language, row.consent.language) == ("es", "es") and "distancia" in row.consent.wording


def test_a_phone_visit_names_the_number(client, scene, visit, at_start, seated):
    visit.modality = Modality.PHONE
    visit.save()
    client.post(seated.url + "check-in/", said(seated))
    assert "the number ending in 23" in client.get(seated.url).content.decode()


def test_a_meeting_link_opens_after_the_check_in_only(client, scene, visit, at_start, seated):
    visit.visit_type.meeting_url = "https://meet.example.com/room"
    visit.visit_type.save()
    visit.modality = Modality.LINK
    visit.save()
    assert "meet.example.com" not in client.get(seated.url + "check-in/").content.decode()
    client.post(seated.url + "check-in/", said(seated))
    page = client.get(seated.url).content.decode()
    assert 'href="https://meet.example.com/room" rel="noreferrer"' in page


def test_guests_need_no_check_in(client, at_start, visit, guest_link):
    link = guest_link()
    before = everything()
    for method in (client.get, client.head):
        assert method(link).status_code == 200
    assert everything() == before
    url = client.post(link).url
    page = client.get(url).content.decode()
    assert "The patient is not here yet" in page
    assert client.get(url + "check-in/").url == url


def test_a_guests_link_opens_from_half_an_hour_before(client, visit, guest_link):
    with time_machine.travel(visit.starts_at - timedelta(hours=1), tick=False):
        link = guest_link()
        assert "You can join from half an hour before" in client.get(link).content.decode()
        assert client.post(link).status_code == 200
    assert not Participant.objects.exclude(seat_hash="").exists()


@pytest.mark.parametrize("end", ["revoked", "expired", "removed", "cancelled"])
def test_a_guests_link_that_opens_nothing(client, at_start, visit, guest_link, end):
    link = guest_link()
    guest = Participant.objects.get()
    if end == "revoked":
        guest.invites.update(revoked_at=at_start)
    elif end == "expired":
        guest.invites.update(expires_at=at_start)
    elif end == "removed":
        Participant.objects.update(removed_at=at_start)
    else:
        visit.status, visit.cancel_reason = Status.CANCELLED, "other"
        visit.save()
    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 410 and "no longer works" in answer.content.decode()


def test_guessing_links_and_seats_is_slowed_down(client, at_start):
    cache.clear()
    answers = [client.get(f"/{kind}/nobody{count}/").status_code for count in range(15) for kind in ("v", "visit")]
    assert answers[:20] == [404] * 20 and set(answers[20:]) == {429}


def test_a_seat_is_no_key_to_another_visit(client, waiting, other_visit):
    foreign = VisitSession.objects.create(appointment=other_visit, state_since=other_visit.created_at)
    value = client.cookies[cookie_name(waiting.session().public_id)].value
    client.cookies[cookie_name(foreign.public_id)] = value
    for path in ("", "check-in/", "waiting/", "state/", "ask/", "message/"):
        assert client.get(f"/visit/{foreign.public_id}/{path}").status_code == 404
    assert not taken_seat(foreign)


def test_a_contact_of_another_patient_is_never_offered(client, at_start, seated, other_visit):
    ContactPointFactory(patient=other_visit.patient, value="+12025550177")
    assert "ending in 77" not in client.get(seated.url + "check-in/").content.decode()
