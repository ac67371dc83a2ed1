"""The inbox: queues, threads, answers, and messages that did not arrive."""

import pytest
from django.utils import timezone

from accounts.permissions import Role
from clinics.tests.factories import ClinicFactory, MembershipFactory
from compliance.models import AuditEvent
from coordination.selectors.inbox import failed_messages
from messaging.actions import receive
from messaging.failures import follow_up
from messaging.models import Conversation, Message
from messaging.tests.factories import MOBILE, planned, texting_patient
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
    message.status, message.error_code, message.closed_at = "failed", "30003", timezone.now()
    message.save()
    follow_up(message, now=timezone.now())
    return message


def test_a_message_that_did_not_arrive_says_why_and_goes_out_again(desk, failed):
    html = desk.get("/inbox/?queue=failed").content.decode()
    assert "out of reach" in html
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
