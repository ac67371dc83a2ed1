"""Finding patients, their page, their record, duplicates and merges."""

from datetime import date, timedelta

import pytest
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from accounts.tests.factories import UserFactory
from clinics.tests.factories import ClinicFactory, MembershipFactory
from compliance.models import AuditEvent
from coordination.selectors.timeline import timeline
from coordination.views.patients import acting_clinic
from messaging.models import Message
from messaging.tests.factories import planned
from patients.actions import record_consent, set_contact_point
from patients.models import ConsentRecord, Note, Patient, PatientMerge, Proxy
from patients.tests.factories import ConsentRecordFactory, ContactPointFactory, NoteFactory, PatientFactory
from scheduling.tests.factories import AppointmentFactory
from worklist.models import Task
from worklist.tests.factories import TaskFactory

pytestmark = pytest.mark.django_db
RECORD = ["visits/", "record/", "edit/", "insurance/", "duplicates/", "access/"]


@pytest.fixture
def patient(clinic):
    return PatientFactory(
        clinics=[clinic], first_name="Ana", last_name="Ruiz", birth_date=date(1992, 3, 27), mobile="+12025550111"
    )


@pytest.fixture
def url(patient):
    return f"/patients/{patient.public_id}/"


@pytest.mark.parametrize("text", ["ruiz", "Ruiz, Ana", "3/27/1992", "(202) 555-0111"])
def test_one_box_finds_by_name_birth_date_and_phone(desk, patient, text):
    html = desk.post("/patients/", {"text": text}, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="results").content.decode()
    assert patient.display_name in html and "born 03/27/1992" in html


def test_enter_on_the_only_match_opens_it(desk, scene, patient):
    assert desk.post("/patients/", {"text": "ruiz"}).url == f"/patients/{patient.public_id}/"
    PatientFactory(clinics=[scene.clinic], first_name="Bea", last_name="Ruiz")
    assert "Bea Ruiz" in desk.post("/patients/", {"text": "ruiz"}).content.decode()


def test_a_search_is_never_in_the_address_and_shows_only_ones_own(client, stranger, patient):
    client.force_login(stranger)
    assert "Ana Ruiz" not in client.get("/patients/?text=ruiz").content.decode()
    assert "Ana Ruiz" not in client.post("/patients/", {"text": "ruiz"}).content.decode()


def test_what_a_search_showed_is_written_down(desk, patient):
    desk.post("/patients/", {"text": "ruiz"}, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="results")
    assert AuditEvent.objects.get(subject="page:patient_search").patient_id == patient.public_id


def test_nobody_acts_for_a_patient_whom_no_clinic_knows_without_a_desk(rf, patient):
    request = rf.get("/")
    request.user = UserFactory()
    assert acting_clinic(request, patient) == patient.clinics.get()
    patient.clinics.clear()
    with pytest.raises(Http404):
        acting_clinic(request, patient)


@pytest.mark.parametrize("path", ["", *RECORD])
def test_out_of_scope_is_not_found(client, clinic, patient, url, path):
    user = MembershipFactory(role=Role.SUPERVISOR).user
    MembershipFactory(user=user, role=Role.ADMIN)
    client.force_login(user)
    assert client.get(url + path).status_code == 404


@pytest.mark.parametrize("path", ["", "visits/", "record/", "edit/", "insurance/"])
def test_each_page_of_a_patient_has_two_identifiers_and_is_written_down(desk, patient, url, path):
    html = desk.get(url + path).content.decode()
    assert "Ana Ruiz" in html and "born 03/27/1992" in html
    assert AuditEvent.objects.filter(action="page.viewed", patient_id=patient.public_id).exists()


def happen(clinic, patient, coordinator) -> None:
    """One of everything."""
    now = timezone.now()
    visit = AppointmentFactory(clinic=clinic, patient=patient)
    visit.events.create(event="book", to_status="booked", version=1, at=now, by=coordinator, by_label="staff")
    message = planned(patient, clinic=clinic)
    Message.objects.filter(pk=message.pk).update(status="delivered", sent_at=now)
    NoteFactory(patient=patient, clinic=clinic, written_by=coordinator)
    TaskFactory(clinic=clinic, patient=patient, status="done", done_at=now, done_by=coordinator, outcome="done")
    ConsentRecordFactory(patient=patient, recorded_at=now)


def test_the_timeline_tells_everything(desk, clinic, patient, url, coordinator):
    happen(clinic, patient, coordinator)
    html = desk.get(url).content.decode()
    for words in ("Visit: booked", "Text to the patient: delivered", "Called back, no answer.", "Task opened",
                  "Task done", "Text messages: agreed"):  # fmt: skip
        assert words in html


def test_the_timeline_leaves_out_what_was_said_and_changed_at_other_clinics(clinic, patient, coordinator):
    elsewhere = ClinicFactory(organization=clinic.organization)
    now = timezone.now()
    for place, points in ((clinic, "+12025550171"), (elsewhere, "+12025550172")):
        said = {"patient": patient, "clinic": place, "by": None, "now": now}
        record_consent(topic="calls", granted=True, source="staff", **said)
        set_contact_point(kind="phone", value=points, **said)
    kinds = [one.kind for one in timeline(coordinator, patient)[0]]
    assert (kinds.count("consent"), kinds.count("record")) == (1, 1)
    MembershipFactory(user=coordinator, clinic=elsewhere, role=Role.COORDINATOR)
    kinds = [one.kind for one in timeline(User.objects.get(pk=coordinator.pk), patient)[0]]
    assert (kinds.count("consent"), kinds.count("record")) == (2, 2)


def test_the_timeline_comes_in_pages_without_gaps(clinic, patient, coordinator):
    start = timezone.now() - timedelta(days=1)
    for minute in range(7):
        at = start + timedelta(minutes=minute // 3)  # three in one moment, across the end of a page
        NoteFactory(patient=patient, clinic=clinic, body=f"{minute}", written_at=at)
    seen, before = [], None
    while True:
        page, before = timeline(coordinator, patient, before=before, size=3)
        seen += [one.thing.body for one in page if one.kind == "note"]
        if before is None:
            break
    assert seen == list("6543210")


def test_a_long_history_costs_no_more_queries(
    desk, clinic, patient, url, coordinator, django_assert_num_queries, django_assert_max_num_queries
):
    happen(clinic, patient, coordinator)
    desk.get(url)
    with django_assert_max_num_queries(35) as few:
        desk.get(url)
    for _ in range(3):
        NoteFactory(patient=patient, clinic=clinic, written_by=coordinator)
        TaskFactory(clinic=clinic, patient=patient, owner=coordinator)
    with django_assert_num_queries(len(few)):
        desk.get(url)


def test_a_note_from_the_composer(desk, patient, url, coordinator):
    assert desk.post(f"{url}note/", {"body": " "}).status_code == 422
    desk.post(f"{url}note/", {"body": "Prefers mornings."})
    assert Note.objects.get().body == "Prefers mornings."


def test_a_text_from_the_composer(desk, patient, url):
    desk.post(f"{url}message/", {"body": "Please call us."})
    assert Message.objects.get(purpose="staff").patient == patient


def new_form(**changes) -> dict:
    born = {"birth_date_month": "3", "birth_date_day": "27", "birth_date_year": "1992"}
    person = {"first_name": "Ana", "last_name": "Ruiz", "state": "NY", "language": "es", "sex": "unknown"}
    return person | born | {"mobile": "(202) 555-0199", "texts_agreed": "on"} | changes


def test_a_new_patient_with_consent_in_the_words_that_were_read_out(desk, clinic):
    desk.post("/patients/new/", new_form())
    created = Patient.objects.get(last_name="Ruiz")
    assert list(created.clinics.all()) == [clinic]
    consent = ConsentRecord.objects.get(patient=created)
    assert (consent.topic, consent.granted, consent.language, bool(consent.wording)) == ("texts", True, "es", True)


def test_a_likely_duplicate_is_shown_first(desk, patient):
    html = desk.post("/patients/new/", new_form()).content.decode()
    assert "may be on record already" in html and patient.public_id in html
    assert Patient.objects.filter(last_name="Ruiz").count() == 1
    desk.post("/patients/new/", new_form(despite_duplicates="yes"))
    assert Patient.objects.filter(last_name="Ruiz").count() == 2


def test_a_likely_duplicate_at_another_clinic_is_not_named(desk, clinic):
    """The desk is told that there is one, and nothing about it: not even the name that was typed here."""
    elsewhere = PatientFactory(
        clinics=[ClinicFactory(organization=clinic.organization)],
        first_name="Beatriz", last_name="Ruiz", birth_date=date(1992, 3, 27),
    )  # fmt: skip
    for path in ("/patients/new/", "/desk/book/new/"):
        html = desk.post(path, new_form()).content.decode()
        assert "may be on record already" in html and "at another clinic" in html
        assert "Beatriz" not in html and elsewhere.public_id not in html
    assert not AuditEvent.objects.filter(subject="page:patient_duplicates").exists()
    desk.post("/patients/new/", new_form(despite_duplicates="yes"))
    assert Patient.objects.filter(last_name="Ruiz").count() == 2


def test_insurance_is_for_those_who_may_see_it_at_this_clinic(client, scene):
    """A provider here who works on insurance elsewhere sees here what a provider sees."""
    visit = AppointmentFactory(clinic=scene.clinic, provider=scene.provider, patient=scene.patient)
    user = MembershipFactory(clinic=scene.clinic, role=Role.PROVIDER).user
    MembershipFactory(user=user, clinic=ClinicFactory(organization=scene.clinic.organization), role=Role.INSURANCE)
    scene.provider.user = user
    scene.provider.save()
    client.force_login(user)
    here = f"/patients/{visit.patient.public_id}/"
    assert client.get(here).status_code == 200
    assert client.get(f"{here}insurance/").status_code == 403


def test_details_can_be_changed_and_the_trail_names_fields_only(desk, patient, url):
    desk.post(f"{url}edit/", new_form(last_name="Ruiz Vega", name_to_use="Anita"))
    patient.refresh_from_db()
    assert (patient.last_name, patient.display_name) == ("Ruiz Vega", "Anita Ruiz Vega")
    detail = AuditEvent.objects.get(action="patients.patient_changed").detail
    assert "last_name" in detail["fields"] and "Vega" not in str(detail)


def test_contacts_consents_proxies_and_the_emergency_contact(desk, patient, url):
    desk.post(f"{url}contacts/add/", {"kind": "email", "value": "ana@example.com", "is_primary": "on"})
    desk.post(f"{url}consents/add/", {"topic": "texts", "granted": "no"})
    desk.post(f"{url}proxies/add/", {"name": "Bo Ruiz", "relationship": "Father", "basis": "parent",
                                     "rights": ["book"], "starts_on": "2026-01-01"})  # fmt: skip
    desk.post(f"{url}emergency/", {"emergency_name": "Bo Ruiz", "emergency_phone": "202 555 0122"})
    patient.refresh_from_db()
    assert patient.contact_points.filter(kind="email").exists()
    assert patient.consents.get().granted is False
    assert patient.emergency_phone == "+12025550122"
    proxy = Proxy.objects.get()
    desk.post(f"{url}proxies/{proxy.public_id}/end/")
    proxy.refresh_from_db()
    assert proxy.ends_on is not None


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("contacts/add/", {"kind": "mobile", "value": "12"}),
        ("consents/add/", {"topic": "texts"}),
        ("proxies/add/", {"name": "Bo"}),
        ("emergency/", {"emergency_phone": "12"}),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(desk, url, path, form):
    response = desk.post(url + path, form)
    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()


def test_a_number_can_be_marked(desk, patient, url):
    point = patient.contact_points.get()
    desk.post(f"{url}contacts/{point.public_id}/mark/")
    point.refresh_from_db()
    assert point.status == "bad"
    html = desk.get(url).content.decode()
    assert "The mobile number does not work" in html


def test_a_contact_of_somebody_else_is_not_found(desk, url):
    other = ContactPointFactory()
    assert desk.post(f"{url}contacts/{other.public_id}/reveal/").status_code == 404


def test_merging_and_undoing(client, supervisor, clinic, patient):
    client.force_login(supervisor)
    twin = PatientFactory(clinics=[clinic], first_name="Ana", last_name="Ruiz", birth_date=patient.birth_date)
    note = NoteFactory(patient=twin, clinic=clinic)
    assert twin.public_id in client.get(f"/patients/{patient.public_id}/duplicates/").content.decode()
    client.post(f"/patients/{patient.public_id}/merge/{twin.public_id}/")
    note.refresh_from_db()
    assert note.patient == patient
    assert "merged into another" in client.get(f"/patients/{twin.public_id}/").content.decode()
    for address, answers in (("note/", {"body": "lost"}), ("message/", {"body": "lost"}), ("edit/", {})):
        assert client.post(f"/patients/{twin.public_id}/{address}", answers).status_code == 404
    client.post(f"/patients/merges/{PatientMerge.objects.get().public_id}/undo/")
    note.refresh_from_db()
    assert note.patient == twin


def test_a_record_is_not_merged_into_itself(client, supervisor, patient):
    client.force_login(supervisor)
    response = client.post(f"/patients/{patient.public_id}/merge/{patient.public_id}/")
    assert response.status_code == 422 and not PatientMerge.objects.exists()


def test_a_coordinator_may_not_merge(desk, clinic, patient):
    twin = PatientFactory(clinics=[clinic])
    assert desk.post(f"/patients/{patient.public_id}/merge/{twin.public_id}/").status_code == 403


def test_who_looked_is_for_those_who_may_read_the_trail(client, desk, clinic, patient, url, coordinator):
    desk.get(url)
    for role in (Role.COORDINATOR, Role.SUPERVISOR):
        client.force_login(MembershipFactory(clinic=clinic, role=role).user)
        assert client.get(f"{url}access/").status_code == 404, "nobody else is told that there is such a page"
    assert AuditEvent.objects.filter(action="accounts.page_refused").count() == 2
    client.force_login(MembershipFactory(clinic=clinic, role=Role.ADMIN).user)
    html = client.get(f"{url}access/").content.decode()
    assert coordinator.name in html and "page.viewed" in html


def test_a_task_about_a_patient(desk, patient, coordinator):
    form = {"title": "Ask for the card", "due_date": "2027-01-04", "due_time": "09:00", "priority": "1"}
    desk.post(f"/tasks/new/?patient={patient.public_id}", form)
    assert Task.objects.get().patient == patient
