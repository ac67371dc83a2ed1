"""The inbox: queues, threads, answers, and messages that did not arrive."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.permissions import Role
from clinics.tests.factories import ClinicFactory, MembershipFactory
from compliance.models import AuditEvent
from coordination.actions import merge_values
from coordination.selectors.inbox import failed_messages
from messaging.actions import receive, snooze_conversation
from messaging.defaults import BASE_VARIABLES
from messaging.failures import follow_up
from messaging.models import Conversation, Message, MessageTemplate
from messaging.selectors import threads
from messaging.tests.factories import MOBILE, planned, texting_patient
from patients import links
from patients.models import AccessLink
from scheduling import reminders
from scheduling.tests.factories import AppointmentFactory
from worklist.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(clinic):
    return texting_patient(clinic, first_name="Ana", last_name="Ruiz")


@pytest.fixture
def conversation(clinic, patient):
    receive(clinic=clinic, from_number=MOBILE, body="Can my son join?", provider_sid="SM1", now=timezone.now())
    return Conversation.objects.get()


@pytest.fixture
def url(conversation):
    return f"/inbox/{conversation.public_id}/"


def test_a_text_that_needs_an_answer_waits_in_the_inbox(desk, conversation, url, patient):
    assert "Ana Ruiz" in desk.get("/inbox/").content.decode()
    html = desk.get(url).content.decode()
    assert "Can my son join?" in html and "born" in html
    conversation.refresh_from_db()
    assert conversation.unread_count == 0
    assert AuditEvent.objects.filter(subject="page:inbox", patient_id=patient.public_id).exists()


def test_answering_settles_it(desk, conversation, url, coordinator):
    desk.post(f"{url}reply/", {"body": "Yes, gladly."})
    conversation.refresh_from_db()
    assert (conversation.unanswered_since, conversation.assigned_to) == (None, coordinator)
    assert Message.objects.get(purpose="staff").body.startswith("Yes, gladly.")
    assert not Task.objects.open().filter(kind="unclear_reply").exists()
    assert "Yes, gladly." in desk.get(url).content.decode()


def test_a_conversation_opens_at_its_newest_message(desk, url):
    assert f'href="{url}?queue=open#newest"' in desk.get("/inbox/").content.decode()
    assert desk.post(f"{url}reply/", {"body": "Yes."}).url == f"{url}#newest"
    html = desk.get(url).content.decode()
    assert html.index("Can my son join?") < html.index('id="newest"') < html.index('name="body"')


def test_an_empty_answer_is_none(desk, url):
    response = desk.post(f"{url}reply/", {"body": ""})
    assert response.status_code == 422 and not Message.objects.filter(purpose="staff").exists()


def test_handing_over_closing_and_opening_again(desk, conversation, url, coordinator):
    desk.post(f"{url}assign/", {"owner": coordinator.public_id})
    conversation.refresh_from_db()
    assert conversation.assigned_to == coordinator
    desk.post(f"{url}close/")
    conversation.refresh_from_db()
    assert conversation.state == "closed"
    assert "Ana Ruiz" in desk.get("/inbox/?queue=closed").content.decode()
    desk.post(f"{url}reopen/")
    conversation.refresh_from_db()
    assert conversation.state == "open"


def test_whoever_asked_for_no_texts_gets_none(desk, clinic, conversation, url):
    receive(clinic=clinic, from_number=MOBILE, body="STOP", provider_sid="SM2", now=timezone.now())
    html = desk.get(url).content.decode()
    assert "The patient asked for no texts" in html and 'name="body"' not in html


def test_out_of_scope_is_not_found(client, stranger, conversation, url):
    client.force_login(stranger)
    for path in ("", "refresh/"):
        assert client.get(url + path).status_code == 404
    for path in ("reply/", "assign/", "close/", "reopen/"):
        assert client.post(url + path, {"body": "x"}).status_code == 404
    assert "Ana" not in client.get("/inbox/?queue=all").content.decode()


def test_whoever_may_not_read_messages_has_no_inbox(client, clinic, url):
    client.force_login(MembershipFactory(clinic=clinic, role=Role.PROVIDER).user)
    assert client.get("/inbox/").status_code == 403 and client.get(url).status_code == 403


@pytest.fixture
def failed(clinic, patient):
    return failing(patient, clinic, subject="visit:x")


def failing(patient, clinic, **draft) -> Message:
    message = planned(patient, clinic=clinic, **draft)
    message.status, message.error_code, message.closed_at = "failed", "30007", timezone.now()
    message.save()
    follow_up(message, now=timezone.now())
    return message


def test_a_message_that_did_not_arrive_says_why_and_goes_out_again(desk, failed):
    html = desk.get("/inbox/?queue=failed").content.decode()
    assert "The carrier filtered the message" in html
    again = f"/inbox/messages/{failed.public_id}/again/"
    desk.post(again)
    desk.post(again)
    assert Message.objects.filter(dedupe_key=f"again:{failed.public_id}").count() == 1
    assert not Task.objects.open().exists()
    assert "Nothing here" in desk.get("/inbox/?queue=failed").content.decode()


def test_sending_one_again_leaves_the_other_failures_to_see(desk, clinic, patient, failed, coordinator):
    elsewhere = ClinicFactory(organization=clinic.organization)
    MembershipFactory(clinic=elsewhere, user=coordinator)
    other_visit = failing(patient, clinic, subject="visit:y")
    by_email = failing(patient, clinic, subject="visit:x", channel="email", to="ana@example.com")
    at_the_other_clinic = failing(patient, elsewhere, subject="visit:z")
    desk.post(f"/inbox/messages/{failed.public_id}/again/")
    assert set(failed_messages(coordinator, clinic)) == {other_visit, by_email}
    assert set(failed_messages(coordinator, elsewhere)) == {at_the_other_clinic}


def test_a_failure_about_nothing_in_particular_is_seen_and_settled(desk, clinic, patient, coordinator):
    first, second = failing(patient, clinic), failing(patient, clinic)
    assert set(failed_messages(coordinator, clinic)) == {first, second}
    desk.post(f"/inbox/messages/{first.public_id}/again/")
    assert set(failed_messages(coordinator, clinic)) == {second}


def test_many_conversations_cost_no_more_queries(
    desk, clinic, conversation, django_assert_num_queries, django_assert_max_num_queries
):
    desk.get("/inbox/?queue=all")
    with django_assert_max_num_queries(14) as few:
        desk.get("/inbox/?queue=all")
    for number in range(5):
        mobile = f"+1202555016{number}"
        texting_patient(clinic, mobile=mobile)
        receive(clinic=clinic, from_number=mobile, body="?", provider_sid=f"X{number}", now=timezone.now())
    with django_assert_num_queries(len(few)):
        desk.get("/inbox/?queue=all")


class TestSnoozed:
    def test_put_off_and_back_by_hand(self, desk, conversation, url):
        desk.post(f"{url}snooze/", {"until": "tomorrow"})
        assert "Ana Ruiz" not in desk.get("/inbox/").content.decode()
        assert "Ana Ruiz" in desk.get("/inbox/?queue=snoozed").content.decode()
        assert "Show again now" in desk.get(url).content.decode()
        desk.post(f"{url}snooze/")
        assert "Ana Ruiz" in desk.get("/inbox/").content.decode()

    def test_back_when_the_patient_writes(self, desk, clinic, conversation, url):
        desk.post(f"{url}snooze/", {"until": "monday"})
        receive(clinic=clinic, from_number=MOBILE, body="Hello?", provider_sid="SM2", now=timezone.now())
        assert "Ana Ruiz" in desk.get("/inbox/").content.decode()

    def test_back_by_itself(self, conversation, coordinator, clinic):
        now = timezone.now()
        snooze_conversation(conversation=conversation, until=now + timedelta(hours=1), by=coordinator, now=now)
        assert not threads(coordinator, clinic, "open", now).exists()
        assert threads(coordinator, clinic, "open", now + timedelta(hours=1)).get() == conversation

    def test_out_of_scope_is_not_found_and_stays(self, client, stranger, conversation, url):
        client.force_login(stranger)
        assert client.post(f"{url}snooze/", {"until": "hour"}).status_code == 404
        conversation.refresh_from_db()
        assert conversation.snoozed_until is None


class TestReadyAnswers:
    @pytest.fixture
    def visit(self, clinic, patient):
        return AppointmentFactory(clinic=clinic, patient=patient, starts_at=timezone.now() + timedelta(days=2))

    def test_one_is_put_below_what_is_typed_and_nothing_is_sent(self, desk, url):
        response = desk.post(f"{url}reply/", {"body": "Dear Ana,", "canned": "canned_call_us"})
        html = response.content.decode()
        assert response.status_code == 200 and "Dear Ana," in html and "Please call us at" in html.replace("\n", " ")
        assert not Message.objects.filter(purpose="staff").exists()

    def test_in_the_patients_language(self, desk, url, patient):
        patient.language = "es"
        patient.save()
        html = desk.post(f"{url}reply/", {"body": "", "canned": "canned_on_it"}).content.decode()
        assert "lo estamos revisando" in html and "looking into it" not in html

    def test_an_organizations_own_words(self, desk, url, clinic):
        about = {"organization": clinic.organization, "key": "canned_on_it", "channel": "sms", "language": "en"}
        MessageTemplate.objects.create(**about, body="On it, {{ clinic }}.")
        html = desk.post(f"{url}reply/", {"body": "", "canned": "canned_on_it"}).content.decode()
        assert f"On it, {clinic.message_name}." in html

    def test_the_link_is_made_when_it_is_sent_and_no_colleague_sees_it(self, desk, url, visit):
        html = desk.post(f"{url}reply/", {"body": "", "canned": "canned_your_visit"}).content.decode()
        assert "{{ link }}" in html and reminders.when_text(visit) in html
        assert not AccessLink.objects.exists()
        desk.post(f"{url}reply/", {"body": "Here it is: {{ link }}"})
        body = Message.objects.get(purpose="staff").body
        token = body.partition("/m/")[2].strip("/")
        assert links.resolve(token, "manage", timezone.now()).subject == visit.subject
        assert token not in desk.get(url).content.decode()

    def test_from_the_patients_page_and_the_visits_too(self, desk, patient, visit):
        for path in (f"/patients/{patient.public_id}/message/", f"/desk/visits/{visit.public_id}/message/"):
            desk.post(path, {"body": "See you {{ when }}: {{ link }}"})
            body = Message.objects.filter(purpose="staff").latest("pk").body
            assert reminders.when_text(visit) in body and "/m/" in body and "{{" not in body

    def test_nor_there_without_a_visit(self, desk, patient, conversation):
        html = desk.post(f"/patients/{patient.public_id}/message/", {"body": "{{ link }}"}).content.decode()
        assert "no visit to come" in html and not Message.objects.filter(purpose="staff").exists()

    def test_a_field_that_nothing_fills_is_named(self, desk, url, visit):
        response = desk.post(f"{url}reply/", {"body": "See you {{ whne }}: {{ link }}"})
        html = response.content.decode()
        assert response.status_code == 422 and "Nothing is called “whne”" in html and "no visit to come" not in html
        assert not Message.objects.filter(purpose="staff").exists()

    def test_the_fields_are_those_that_fill_themselves_in(self, visit):
        assert set(merge_values(visit, visit.clinic)) == BASE_VARIABLES

    def test_without_a_visit_there_is_none_to_name(self, desk, url):
        html = desk.get(url).content.decode()
        assert "canned_your_visit" not in html and "canned_on_it" in html
        response = desk.post(f"{url}reply/", {"body": "Here it is: {{ link }}"})
        assert response.status_code == 422 and "no visit to come" in response.content.decode()
        assert not Message.objects.filter(purpose="staff").exists()


class TestTheClock:
    def test_minutes_then_overdue(self, desk, conversation, url):
        for minutes, words, late in ((5, "waiting 5 min", False), (130, "waiting 2 h 10 min", True)):
            since = timezone.now() - timedelta(minutes=minutes)
            Conversation.objects.update(unanswered_since=since)
            for path in (url, "/inbox/"):
                html = desk.get(path).content.decode()
                assert words in html and ("status-problem" in html) is late

    def test_it_stops_with_the_answer_and_is_noted(self, desk, conversation, url):
        Conversation.objects.update(unanswered_since=timezone.now() - timedelta(minutes=10))
        desk.post(f"{url}reply/", {"body": "Yes."})
        assert "waiting 10 min" not in desk.get(url).content.decode()
        waited = AuditEvent.objects.get(action="messaging.answered").detail["waited_seconds"]
        assert 595 <= waited <= 660


class TestReplying:
    @pytest.fixture(autouse=True)
    def nobody_types(self):
        cache.clear()

    def colleague(self, clinic) -> Client:
        client = Client()
        client.user = MembershipFactory(clinic=clinic, role=Role.COORDINATOR).user
        client.force_login(client.user)
        return client

    def test_a_colleague_sees_who_types_until_it_is_sent(self, desk, clinic, client, url, coordinator):
        assert desk.post(f"{url}replying/").status_code == 204
        assert "is replying" not in desk.get(url).content.decode(), "to oneself it is no news"
        colleague = self.colleague(clinic)
        assert f"{coordinator} is replying" in colleague.get(f"{url}refresh/").content.decode()
        desk.post(f"{url}reply/", {"body": "Yes."})
        assert "is replying" not in colleague.get(f"{url}refresh/").content.decode()

    def test_open_pages_hear_of_each_once(self, desk, clinic, url, monkeypatch):
        told = []
        monkeypatch.setattr("coordination.typing_now.live.changed", lambda *about: told.append(about))
        for _ in range(3):
            desk.post(f"{url}replying/")
            self.colleague(clinic).post(f"{url}replying/")
        assert len(told) == 4, "one who writes on, and three who begin"

    def test_two_who_type_see_each_other(self, desk, clinic, url, coordinator):
        colleague = self.colleague(clinic)
        for _ in range(2):
            desk.post(f"{url}replying/")
            colleague.post(f"{url}replying/")
        assert f"{coordinator} is replying" in colleague.get(f"{url}refresh/").content.decode()
        assert f"{colleague.user} is replying" in desk.get(f"{url}refresh/").content.decode()
        colleague.post(f"{url}reply/", {"body": "Yes."})
        assert "is replying" not in desk.get(f"{url}refresh/").content.decode()

    def test_out_of_scope_is_not_found(self, client, stranger, url):
        client.force_login(stranger)
        assert client.post(f"{url}replying/").status_code == 404


class TestADoubleClick:
    @pytest.fixture
    def addresses(self, clinic, patient, url):
        """Page and form of each place where colleagues write."""
        visit = AppointmentFactory(clinic=clinic, patient=patient, starts_at=timezone.now() + timedelta(days=2))
        return [
            (url, f"{url}reply/"),
            (f"/desk/visits/{visit.public_id}/?panel=message", f"/desk/visits/{visit.public_id}/message/"),
            (f"/patients/{patient.public_id}/", f"/patients/{patient.public_id}/message/"),
        ]

    def sent(self, body) -> int:
        return [message.body for message in Message.objects.filter(purpose="staff")].count(body)

    def test_sends_the_text_once(self, desk, addresses):
        for number, (page, form) in enumerate(addresses):
            key = re.search(r'name="key" value="([^"]+)"', desk.get(page).content.decode())[1]
            body = f"Please call us, {number}."
            for _ in range(2):
                assert desk.post(form, {"body": body, "key": key}).status_code in (204, 302)
            assert self.sent(body) == 1, form

    def test_other_words_and_another_key_are_meant(self, desk, addresses):
        page, form = addresses[0]
        for body, key in (("One.", "a"), ("Two.", "a"), ("One.", "b")):
            desk.post(form, {"body": body, "key": key})
        assert (self.sent("One."), self.sent("Two.")) == (2, 1)


class TestAnotherWay:
    @pytest.fixture
    def patient(self, clinic):
        return texting_patient(clinic, first_name="Ana", last_name="Ruiz", email="ana@example.com")

    def other(self, message) -> Message | None:
        return Message.objects.filter(dedupe_key=f"otherwise:{message.public_id}").first()

    def test_by_email_in_the_words_of_an_email(self, desk, clinic, patient):
        visit = AppointmentFactory(clinic=clinic, patient=patient, starts_at=timezone.now() + timedelta(days=2))
        failed = failing(patient, clinic, subject=visit.subject, subject_version=visit.version, condition="upcoming")
        html = desk.get("/inbox/?queue=failed").content.decode()
        assert "E-mail instead" in html and "Numbers to call" in html
        for _ in range(2):
            desk.post(f"/inbox/messages/{failed.public_id}/otherwise/")
        email = self.other(failed)
        assert (email.channel, email.to, email.subject) == ("email", "ana@example.com", visit.subject)
        assert "Reply C" not in email.body and "/m/" in email.body and email.title
        assert not Task.objects.open().exists()

    @pytest.mark.parametrize("way", ["again", "otherwise"])
    def test_a_visit_that_changed_meanwhile_is_said_and_nothing_goes(self, desk, clinic, patient, way):
        visit = AppointmentFactory(clinic=clinic, patient=patient, starts_at=timezone.now() + timedelta(days=2))
        failed = failing(patient, clinic, subject=visit.subject, subject_version=visit.version, condition="upcoming")
        type(visit).objects.filter(pk=visit.pk).update(version=2)
        answer = desk.post(f"/inbox/messages/{failed.public_id}/{way}/", follow=True)
        assert "the visit has changed" in answer.content.decode()
        assert list(Message.objects.all()) == [failed] and not Task.objects.open().exists()

    def test_what_a_colleague_wrote_goes_as_it_is(self, desk, clinic, patient):
        failed = failing(patient, clinic, template_key="", body="Please bring the form.", purpose="staff")
        desk.post(f"/inbox/messages/{failed.public_id}/otherwise/")
        email = self.other(failed)
        assert email.body == "Please bring the form." and clinic.message_name in email.title

    def test_not_offered_where_there_is_none(self, desk, clinic, patient):
        patient.contact_points.filter(kind="email").update(status="bad")
        failed = failing(patient, clinic)
        assert "E-mail instead" not in desk.get("/inbox/?queue=failed").content.decode()
        desk.post(f"/inbox/messages/{failed.public_id}/otherwise/")
        assert self.other(failed) is None and Task.objects.open().exists()

    def test_out_of_scope_is_not_found(self, client, stranger, clinic, patient):
        failed = failing(patient, clinic)
        client.force_login(stranger)
        assert client.post(f"/inbox/messages/{failed.public_id}/otherwise/").status_code == 404
        assert self.other(failed) is None

    def test_the_task_says_why_and_leads_there(self, desk, clinic, patient):
        failing(patient, clinic)
        html = desk.get("/tasks/?queue=team").content.decode()
        assert "The carrier filtered the message" in html and "/inbox/?queue=failed" in html

    def test_of_two_tries_one_is_shown(self, clinic, patient, coordinator):
        first = failing(patient, clinic, subject="visit:x")
        second = failing(patient, clinic, subject="visit:x", dedupe_key=f"second:{first.public_id}")
        assert list(failed_messages(coordinator, clinic)) == [second]


def test_a_shared_number_shows_nobodys_thread_to_another(desk, clinic, patient, conversation, url):
    texting_patient(clinic, first_name="Ben", last_name="Ruiz")
    receive(clinic=clinic, from_number=MOBILE, body="Ben has a rash", provider_sid="SM2", now=timezone.now())
    shared = Conversation.objects.get(patient=None)
    html = desk.get(f"/inbox/{shared.public_id}/").content.decode()
    assert "Ben has a rash" in html and "Can my son join?" not in html
    assert "These patients have this number" in html and "Ana Ruiz" in html and "Ben Ruiz" in html
    assert "Ben has a rash" not in desk.get(url).content.decode()
    viewed = AuditEvent.objects.filter(subject="page:inbox").order_by("-id")[1]
    assert len({*viewed.patient_ids, viewed.patient_id} - {""}) == 2, "whom the page names is in the trail"
