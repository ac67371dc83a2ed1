"""Booking for a patient on the phone."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.permissions import Role
from clinics.tests.factories import ClinicFactory, ClosureFactory, MembershipFactory, ProviderFactory
from common.timeutil import local_date
from coordination.tests.moments import tomorrow_at
from patients.models import Patient
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment
from scheduling.slot_values import slot_value
from scheduling.tests.factories import AppointmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(scene):
    return f"/desk/book/{scene.patient.public_id}/"


def form(scene, hour=10, **changes) -> dict:
    chosen = slot_value(scene.provider.public_id, tomorrow_at(scene.clinic, hour))
    asked = {"visit_type": scene.visit_type.public_id, "state": "NY", "provider": "", "day": ""}
    return asked | {"slot": chosen, "key": "once", "reason": ""} | changes


def test_from_the_search_to_the_visit_in_three_steps(desk, scene, url):
    typing = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "results"}
    assert url in desk.post("/desk/book/", {"text": scene.patient.last_name}, **typing).content.decode()
    assert desk.post("/desk/book/", {"text": scene.patient.last_name}).url == url  # Enter on the only match
    html = desk.get(url).content.decode()
    assert "First free times" in html and scene.provider.name in html
    response = desk.post(url, form(scene))
    visit = Appointment.objects.get()
    assert response.url == f"/desk/visits/{visit.public_id}/"
    assert (visit.patient, visit.source, visit.patient_state) == (scene.patient, "desk", "NY")


def test_the_page_as_it_opens_can_be_sent(desk, scene, url):
    page = desk.get(url).content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="(visit_type|state|provider|day|part)" value="([^"]*)">', page))
    assert sent["day"] == local_date(timezone.now(), scene.clinic.zone).isoformat()
    assert desk.post(url, form(scene, **sent)).status_code == 302
    assert Appointment.objects.count() == 1


def test_only_times_of_the_wanted_part_of_the_day_are_offered(desk, scene, url):
    page = desk.get(f"{url}?part=afternoon").content.decode()
    labels = re.findall(r"\d+:\d\d [AP]M", page)
    assert labels and all(label.endswith("PM") for label in labels)


def test_a_provider_or_a_patient_of_somebody_else_is_not_found(desk, coordinator, scene, url):
    stranger = slot_value(ProviderFactory().public_id, tomorrow_at(scene.clinic, 10))
    assert desk.post(url, form(scene, slot=stranger)).status_code == 404
    other = MembershipFactory(user=coordinator, clinic=ClinicFactory()).clinic
    foreign = f"/desk/book/{PatientFactory(clinics=[other]).public_id}/?clinic={scene.clinic.public_id}"
    assert desk.post(foreign, form(scene)).status_code == 404
    assert not Appointment.objects.exists()


def test_the_same_form_sent_twice_books_once(desk, scene, url):
    first, second = desk.post(url, form(scene)), desk.post(url, form(scene))
    assert (first.url, Appointment.objects.count()) == (second.url, 1)


def test_a_time_that_was_just_taken_keeps_what_was_typed(desk, scene, url):
    taken = tomorrow_at(scene.clinic, 10)
    AppointmentFactory(clinic=scene.clinic, provider=scene.provider, visit_type=scene.visit_type, starts_at=taken)
    response = desk.post(url, form(scene, reason="Cough"))
    html = response.content.decode()
    assert response.status_code == 422 and Appointment.objects.count() == 1
    assert "Somebody was quicker" in html and 'value="Cough"' in html


def test_without_a_license_for_the_state_there_is_no_time_and_the_reason_is_said(desk, scene, url):
    html = desk.get(f"{url}?visit_type={scene.visit_type.public_id}&state=CA").content.decode()
    assert "No free time" in html and "no license" in html
    assert desk.post(url, form(scene, state="CA")).status_code == 422
    assert not Appointment.objects.exists()


def test_a_closed_clinic_says_so(desk, scene, url):
    today = local_date(tomorrow_at(scene.clinic, 1), scene.clinic.zone)
    ClosureFactory(clinic=scene.clinic, first_date=today - timedelta(days=3), last_date=today + timedelta(days=60))
    assert "The clinic is closed" in desk.get(url).content.decode()


def test_whoever_is_not_on_record_is_entered_and_booked(desk, scene):
    person = {
        "first_name": "Ana", "last_name": "Ruiz", "birth_date_month": "3", "birth_date_day": "27",
        "birth_date_year": "1992", "state": "NY", "language": "en", "mobile": "202 555 0133",
    }  # fmt: skip
    response = desk.post("/desk/book/new/", person)
    created = Patient.objects.get(last_name="Ruiz")
    assert response.url == f"/desk/book/{created.public_id}/"
    again = desk.post("/desk/book/new/", person)
    assert f"/desk/book/{created.public_id}/" in again.content.decode()
    assert Patient.objects.filter(last_name="Ruiz").count() == 1


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.INSURANCE, Role.ADMIN])
def test_only_who_may_book_can(client, scene, url, role):
    client.force_login(MembershipFactory(clinic=scene.clinic, role=role).user)
    assert client.get(url).status_code in {403, 404}
    assert client.post(url, form(scene)).status_code in {403, 404}
    assert not Appointment.objects.exists()
