"""One visit at the desk: what it shows, what can be done, and who may."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.permissions import Role
from clinics.tests.factories import MembershipFactory
from compliance.models import AuditEvent
from coordination.selectors.visit import messages
from coordination.tests.moments import tomorrow_at
from insurance.models import Coverage, VisitPayment
from messaging.models import Message
from messaging.tests.factories import planned, texting_patient
from patients.models import Note
from patients.tests.factories import ContactPointFactory
from scheduling.slot_values import slot_value
from scheduling.states import Status
from scheduling.tests.factories import AppointmentFactory
from worklist.models import Task

pytestmark = pytest.mark.django_db
DRAWER = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "drawer"}
TOASTS = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "toasts"}


@pytest.fixture
def visit(scene):
    return AppointmentFactory(
        clinic=scene.clinic, patient=scene.patient, visit_type=scene.visit_type, provider=scene.provider,
        starts_at=tomorrow_at(scene.clinic, 10),
    )  # fmt: skip


@pytest.fixture
def url(visit):
    return f"/desk/visits/{visit.public_id}/"


def status_of(visit) -> str:
    visit.refresh_from_db()
    return visit.status


def written() -> list[str]:
    """What the trail says was done, without sign-ins, refusals and pages that were looked at."""
    done = AuditEvent.objects.filter(outcome="ok").exclude(action__regex="^(page|accounts)")
    return list(done.values_list("action", flat=True))


def refusals() -> int:
    return AuditEvent.objects.filter(outcome="refused").count()


def test_the_page_and_the_drawer_hold_the_same_visit(desk, visit, url):
    page, drawer = desk.get(url).content.decode(), desk.get(url, **DRAWER).content.decode()
    assert "<html" in page and "<html" not in drawer
    for html in (page, drawer):
        assert visit.patient.display_name in html and "Insurance" in html


def test_opening_a_visit_is_written_down(desk, visit, url):
    desk.get(url)
    assert AuditEvent.objects.filter(subject="page:visit", patient_id=visit.patient.public_id).count() == 1


def test_out_of_scope_is_not_found(client, stranger, url):
    client.force_login(stranger)
    assert client.get(url).status_code == 404
    assert client.post(f"{url}confirm/").status_code == 404
    assert client.post(f"{url}cancel/", {"reason": "other"}).status_code == 404
    assert (written(), refusals()) == ([], 3)


def test_confirming_can_be_undone(desk, visit, url):
    assert desk.post(f"{url}confirm/").status_code == 302
    assert status_of(visit) == Status.CONFIRMED
    html = desk.get(url, **DRAWER).content.decode()
    assert f'action="{url}unconfirm/"' in html
    desk.post(f"{url}unconfirm/")
    assert status_of(visit) == Status.BOOKED


def test_a_button_of_a_row_gets_only_its_toast(desk, visit, url):
    response = desk.post(f"{url}confirm/", follow=True, **TOASTS)
    html = response.content.decode()
    assert f"<b>{visit.patient.display_name}:</b> Visit confirmed." in html and "<tr" not in html
    assert visit.subject in response.headers["HX-Trigger"]


def test_what_was_said_about_another_visit_does_not_get_this_patients_name(desk, scene, visit, url):
    other = AppointmentFactory(clinic=scene.clinic, visit_type=scene.visit_type, status=Status.CONFIRMED)
    desk.post(f"/desk/visits/{other.public_id}/unconfirm/")
    html = desk.get(url, **TOASTS).content.decode()
    assert "Confirmation taken back." in html and visit.patient.display_name not in html


def test_a_visit_canceled_meanwhile_is_not_moved_and_says_so(desk, scene, visit, url):
    desk.post(f"{url}cancel/", {"reason": "other"})
    desk.get(url)  # reads what was said about canceling
    chosen = slot_value(scene.provider.public_id, tomorrow_at(scene.clinic, 15))
    for way in ({}, DRAWER):
        response = desk.post(f"{url}move/", {"slot": chosen}, **way)
        assert response.status_code == 422 and "no longer possible" in response.content.decode()


def test_a_refused_move_writes_nothing_and_says_why(desk, visit, url):
    desk.post(f"{url}cancel/", {"reason": "other"})
    before = written()
    html = desk.post(f"{url}arrive/", follow=True).content.decode()
    assert "no longer possible" in html
    assert (status_of(visit), written()) == (Status.CANCELLED, before)


def test_an_unknown_event_is_not_found(desk, url):
    assert desk.post(f"{url}cancelled/").status_code == 404
    assert desk.get(f"{url}confirm/").status_code == 405


@pytest.mark.parametrize("path", ["confirm/", "move/", "cancel/", "payment/", "message/", "task/"])
def test_whoever_may_only_look_changes_nothing(client, scene, visit, url, path):
    client.force_login(MembershipFactory(clinic=scene.clinic, role=Role.PROVIDER, user__name="Pat").user)
    assert client.post(url + path).status_code in {403, 404}
    assert (written(), refusals(), status_of(visit)) == ([], 1, Status.BOOKED)


def test_a_right_at_another_clinic_is_no_right_here(client, scene, visit, url):
    user = MembershipFactory(clinic=scene.clinic, role=Role.INSURANCE).user
    MembershipFactory(user=user, role=Role.COORDINATOR)
    client.force_login(user)
    assert client.get(url).status_code == 200
    assert client.post(f"{url}confirm/").status_code == 403
    assert (written(), refusals(), status_of(visit)) == ([], 1, Status.BOOKED)


def test_moving_to_a_free_time(desk, scene, visit, url):
    later = tomorrow_at(scene.clinic, 14)
    assert "First free times" in desk.get(f"{url}?panel=move").content.decode()
    response = desk.post(f"{url}move/", {"slot": slot_value(scene.provider.public_id, later)})
    visit.refresh_from_db()
    assert (response.status_code, visit.starts_at, visit.version) == (302, later, 2)


def test_a_time_that_is_taken_comes_back_with_fresh_ones(desk, scene, visit, url):
    later = tomorrow_at(scene.clinic, 14)
    AppointmentFactory(clinic=scene.clinic, provider=scene.provider, visit_type=scene.visit_type, starts_at=later)
    response = desk.post(f"{url}move/", {"slot": slot_value(scene.provider.public_id, later)})
    visit.refresh_from_db()
    assert (response.status_code, visit.version) == (422, 1)
    assert "There is a problem" in response.content.decode()
    assert response.context["times"]


@pytest.mark.parametrize("slot", ["", "nonsense", "someone@2026-11-24", "@2026-11-24T10:00:00Z"])
def test_a_slot_that_is_none_is_refused(desk, visit, url, slot):
    assert desk.post(f"{url}move/", {"slot": slot}).status_code == 422
    assert status_of(visit) == Status.BOOKED


def test_cancelling_asks_for_a_reason(desk, visit, url):
    assert desk.post(f"{url}cancel/", {"reason": ""}).status_code == 422
    assert status_of(visit) == Status.BOOKED
    desk.post(f"{url}cancel/", {"reason": "patient_request", "note": "Called in."})
    assert status_of(visit) == Status.CANCELLED
    assert "Called in." in desk.get(url).content.decode()


def test_insurance_that_is_not_on_file_yet(desk, visit, url):
    form = {"method": "new", "payer_name": "Evergreen Care", "member_id": ""}
    assert desk.post(f"{url}payment/", form).status_code == 422
    desk.post(f"{url}payment/", form | {"member_id": "xyz 123"})
    payment = VisitPayment.objects.get(subject=visit.subject)
    assert (payment.method, payment.coverage.member_id) == ("coverage", "XYZ123")
    desk.post(f"{url}payment/", {"method": "self_pay"})
    assert VisitPayment.objects.get(subject=visit.subject).coverage is None
    assert Coverage.objects.count() == 1


def test_a_card_that_was_only_begun_stands_in_nobodys_way(desk, visit, url):
    begun = {"payer_name": "Ever", "member_id": "x", "relationship": "?"}
    assert desk.post(f"{url}payment/", {"method": "new", **begun}).status_code == 422
    desk.post(f"{url}payment/", {"method": "self_pay", **begun})
    assert VisitPayment.objects.get(subject=visit.subject).method == "self_pay"
    assert not Coverage.objects.exists()


def test_a_coverage_of_somebody_else_cannot_be_chosen(desk, visit, url):
    from insurance.actions import add_coverage
    from patients.tests.factories import PatientFactory

    theirs = add_coverage(patient=PatientFactory(), payer_name="X", member_id="1", by=None, now=visit.booked_at)
    assert desk.post(f"{url}payment/", {"method": theirs.public_id}).status_code == 422
    assert not VisitPayment.objects.exists()


def test_a_note_about_the_visit(desk, visit, url, coordinator):
    desk.post(f"{url}note/", {"body": "Prefers mornings."})
    note = Note.objects.get()
    assert (note.subject, note.written_by, note.body) == (visit.subject, coordinator, "Prefers mornings.")


def test_a_task_about_the_visit(desk, visit, url, coordinator):
    form = {"title": "Ask for the card", "due_date": "2027-01-04", "due_time": "09:00", "priority": "2"}
    desk.post(f"{url}task/", form | {"owner": coordinator.public_id})
    task = Task.objects.get(kind="manual")
    assert (task.title, task.subject, task.owner) == ("Ask for the card", visit.subject, coordinator)
    assert task.due_at.astimezone(visit.clinic.zone).hour == 9


def test_a_task_cannot_be_given_to_a_stranger(desk, visit, url, stranger):
    form = {"title": "X", "due_date": "2027-01-04", "due_time": "09:00", "priority": "2", "owner": stranger.public_id}
    assert desk.post(f"{url}task/", form).status_code == 422
    assert not Task.objects.filter(kind="manual").exists()


def test_a_text_goes_to_the_patient(desk, visit, url):
    ContactPointFactory(patient=visit.patient)
    desk.post(f"{url}message/", {"body": "Please call us back."})
    assert Message.objects.get(purpose="staff").body.startswith("Please call us back.")


@pytest.mark.parametrize("body", ["Born 5/17/1984, right?", "About your depression visit"])
def test_words_that_reveal_something_have_to_be_meant(desk, visit, url, body):
    ContactPointFactory(patient=visit.patient)
    assert desk.post(f"{url}message/", {"body": body}).status_code == 422
    assert not Message.objects.filter(purpose="staff").exists()
    desk.post(f"{url}message/", {"body": body, "sure": "on"})
    assert Message.objects.filter(purpose="staff").count() == 1


def test_a_number_is_shown_on_request_only_and_that_is_written_down(desk, visit, url):
    point = ContactPointFactory(patient=visit.patient, value="+12025550147")
    html = desk.get(url).content.decode()
    assert "555-0147" not in html and "•••• 0147" in html
    reveal = f"/patients/{visit.patient.public_id}/contacts/{point.public_id}/reveal/"
    assert "555-0147" in desk.post(reveal, HTTP_HX_REQUEST="true").content.decode()
    assert AuditEvent.objects.get(action="patients.contact_revealed").subject == f"contact:{point.public_id}"


def test_the_patients_own_link_is_not_shown_to_staff(desk, visit, url):
    planned(visit.patient, clinic=visit.clinic, to="+12025550147", subject=visit.subject,
            context={"when": "soon", "link": "https://p.example.com/m/abcdefghijklmnopqrstuv/"})  # fmt: skip
    html = desk.get(url).content.decode()
    assert "/m/…" in html and "abcdefghijklmnop" not in html


def test_the_menu_of_a_row_offers_what_the_reader_may_do(desk, visit, url):
    html = desk.get(f"{url}menu/").content.decode()
    assert f'formaction="{url}confirm/"' in html and "?panel=cancel" in html


@pytest.mark.parametrize(
    "panel", ["move", "cancel", "payment", "message", "note", "task", "confirm", "contact", "interpreter", "nonsense"]
)
def test_every_panel_opens(desk, scene, panel):
    visit = AppointmentFactory(
        clinic=scene.clinic, patient=scene.patient, provider=scene.provider, visit_type=scene.visit_type,
        starts_at=tomorrow_at(scene.clinic, 10), interpreter_language="ASL",
    )  # fmt: skip
    response = desk.get(f"/desk/visits/{visit.public_id}/?panel={panel}")
    assert response.status_code == 200
    assert ('id="panel-title"' in response.content.decode()) == (panel != "nonsense")


def test_what_was_said_stands_before_what_is_planned(visit, coordinator):
    now, patient = timezone.now(), texting_patient(visit.clinic)
    for hours, status in ((-3, "delivered"), (-2, "delivered"), (2, "planned")):
        message = planned(patient, now=now, subject=visit.subject, due_at=now + timedelta(hours=hours), urgent=True)
        Message.objects.filter(pk=message.pk).update(status=status)
    shown = messages(coordinator, visit)
    assert [entry.ahead for entry in shown] == [False, False, True]
    assert shown[0].at > shown[1].at
