from datetime import date

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import connection
from django.utils import timezone

from clinics.tests.factories import ClinicFactory, MembershipFactory
from compliance.models import AuditEvent
from patients import actions, selectors
from patients.errors import PossibleDuplicate
from patients.models import ContactPoint, Patient
from patients.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db
BORN = date(1984, 5, 17)


@pytest.fixture
def clinic():
    return ClinicFactory()


def create(clinic, **changes) -> Patient:
    fields = {
        "organization": clinic.organization, "clinic": clinic, "first_name": "Ana", "last_name": "Garcia",
        "birth_date": BORN, "state": "NY", "by": None, "now": timezone.now(),
    }  # fmt: skip
    return actions.create_patient(**fields | changes)


def test_a_new_patient_is_registered_with_normalised_contact_points_and_one_audit_row(clinic):
    patient = create(
        clinic, first_name="  Ana  María ", mobile="(202) 555-0123", email="Ana@Example.com", mobile_verified=True
    )
    assert patient.first_name == "Ana María"
    assert patient.time_zone == "America/New_York"
    assert list(patient.clinics.all()) == [clinic]
    points = {point.kind: point for point in patient.contact_points.all()}
    assert points["mobile"].value == "+12025550123" and points["mobile"].verified_at
    assert points["email"].value == "ana@example.com" and points["email"].verified_at is None
    [event] = AuditEvent.objects.filter(action="patients.patient_created")
    assert event.patient_id == patient.public_id and event.clinic_id == clinic.public_id


def test_a_state_with_two_zones_leaves_the_zone_open(clinic):
    assert create(clinic, state="TX").time_zone == ""


@pytest.mark.parametrize("bad", [{"mobile": "12"}, {"email": "nowhere"}])
def test_a_bad_number_or_address_writes_nothing(clinic, bad):
    with pytest.raises((ValueError, ValidationError)):
        create(clinic, **bad)
    assert not Patient.objects.exists() and not AuditEvent.objects.exists()


def test_a_detail_that_is_not_a_field_is_refused(clinic):
    with pytest.raises(FieldError):
        create(clinic, merged_into=None)


@pytest.mark.parametrize(
    "second",
    [
        {"first_name": "ANA"},
        {"first_name": "Anita"},  # same last name and birth date
        {"last_name": "Garcia-Lopez"},  # a married name
        {"first_name": "Ann", "birth_date": date(1984, 5, 18), "mobile": "202-555-0123"},  # a slip in the date
    ],
)
def test_a_likely_duplicate_is_told_and_not_written(clinic, second):
    first = create(clinic, mobile="2025550123")
    with pytest.raises(PossibleDuplicate) as raised:
        create(clinic, **second)
    assert raised.value.patients == [first]
    assert Patient.objects.count() == 1


def test_whoever_looked_may_create_despite_the_warning(clinic):
    create(clinic)
    create(clinic, despite_duplicates=True)
    assert Patient.objects.count() == 2


def test_another_person_or_organization_is_no_duplicate(clinic):
    create(clinic)
    create(clinic, first_name="Bea", last_name="Moreno")
    create(ClinicFactory())
    assert Patient.objects.count() == 3


def test_the_likeliest_duplicate_comes_first(clinic):
    only_phone = PatientFactory(clinics=[clinic], first_name="Ana", mobile="+12025550123", birth_date=date(1950, 1, 1))
    exact = PatientFactory(clinics=[clinic], first_name="Ana", last_name="Garcia", birth_date=BORN)
    found = selectors.find_duplicates(
        organization=clinic.organization, first_name="Ana", last_name="Garcia", birth_date=BORN, mobile="+12025550123"
    )
    assert found == [exact, only_phone]


def find_or_create(clinic, **changes):
    fields = {
        "organization": clinic.organization, "clinic": clinic, "first_name": "ana", "last_name": "GARCIA",
        "birth_date": BORN, "mobile": "+12025550123", "state": "NY", "by": None, "now": timezone.now(),
    }  # fmt: skip
    return actions.find_or_create_patient(**fields | changes)


def test_a_record_is_reused_only_when_name_birth_date_and_number_all_agree(clinic):
    known = PatientFactory(
        clinics=[clinic], first_name="Ana", last_name="Garcia", birth_date=BORN, mobile="+12025550123"
    )
    assert find_or_create(clinic) == (known, False)
    assert find_or_create(clinic, first_name=f" {known.first_name} ", last_name=f"{known.last_name}  ") == (
        known,
        False,
    )
    for other in ({"first_name": "Eva"}, {"birth_date": date(1984, 5, 18)}, {"mobile": "+12025550124"}):
        found, new = find_or_create(clinic, **other)
        assert new and found != known
    assert find_or_create(ClinicFactory())[1] is True


def test_a_merged_record_is_never_reused(clinic):
    kept = PatientFactory(clinics=[clinic])
    PatientFactory(
        clinics=[clinic], first_name="Ana", last_name="Garcia", birth_date=BORN, mobile="+12025550123", merged_into=kept
    )
    assert find_or_create(clinic)[1] is True


def test_a_change_names_the_fields_in_the_trail_and_never_the_values(clinic):
    patient = create(clinic)
    actions.update_patient(patient=patient, by=None, now=timezone.now(), last_name="Moreno", state="NY")
    patient.refresh_from_db()
    assert patient.last_name == "Moreno"
    [event] = AuditEvent.objects.filter(action="patients.patient_changed")
    assert event.detail == {"fields": ["last_name"]}


def test_a_move_to_another_state_is_a_move_to_its_clocks(clinic):
    patient = create(clinic)
    moved = actions.update_patient(patient=patient, state="CA", by=None, now=timezone.now())
    assert moved.time_zone == "America/Los_Angeles"
    assert actions.update_patient(patient=patient, state="TX", by=None, now=timezone.now()).time_zone == ""


def test_a_change_of_nothing_writes_nothing(clinic):
    patient = create(clinic)
    actions.update_patient(patient=patient, by=None, now=timezone.now(), last_name="Garcia")
    assert not AuditEvent.objects.filter(action="patients.patient_changed").exists()


class TestContactPoints:
    def test_a_new_primary_number_puts_the_old_one_back(self, clinic):
        patient = create(clinic, mobile="2025550123")
        actions.set_contact_point(
            patient=patient, kind="mobile", value="202 555 0124", by=None, now=timezone.now(), verified=True
        )
        assert selectors.primary_contact(patient, "mobile").value == "+12025550124"
        assert patient.contact_points.filter(kind="mobile").count() == 2

    def test_the_same_number_again_comes_back_into_use(self, clinic):
        patient = create(clinic, mobile="2025550123")
        point = patient.contact_points.get()
        actions.mark_contact_point(
            contact_point=point, status=ContactPoint.Status.BAD, reason="landline", by=None, now=timezone.now()
        )
        again = actions.set_contact_point(
            patient=patient, kind="mobile", value="+1 202 555 0123", by=None, now=timezone.now()
        )
        assert again.pk == point.pk and again.status == ContactPoint.Status.OK and again.status_reason == ""

    def test_marking_twice_writes_one_audit_row(self, clinic):
        point = create(clinic, mobile="2025550123").contact_points.get()
        for _again in range(2):
            actions.mark_contact_point(
                contact_point=point, status="bad", reason="landline", by=None, now=timezone.now()
            )
        assert AuditEvent.objects.filter(action="patients.contact_point_marked").count() == 1


class TestSearch:
    @pytest.fixture
    def user(self, clinic):
        return MembershipFactory(clinic=clinic).user

    @pytest.fixture
    def ana(self, clinic):
        return PatientFactory(
            clinics=[clinic], first_name="Ana", last_name="García", birth_date=BORN, mobile="+12025550123"
        )

    @pytest.mark.parametrize(
        "text",
        [
            "ana", "García", "garcía, ana", "5/17/1984", "05-17-1984", "1984-05-17", "5.17.84", "(202) 555-0123",
            "2025550123", "+1 202 555 0123", "Ana 5/17/1984", "gar 202-555-0123", "5/17/1984 (202) 555-0123",
            "0123", "555-0123", "5550123", "ana 0123",
        ],
    )  # fmt: skip
    def test_finds(self, user, ana, clinic, text):
        PatientFactory(clinics=[clinic], first_name="Bo", last_name="Other", birth_date=date(1990, 1, 2))
        assert list(selectors.search(user, text)) == [ana]

    @pytest.mark.parametrize(
        "text", ["", "  ", "bo garcía", "5/18/1984", "13/45/1984x", "(202) 555-0124", "0124", "556-0123", "100%"]
    )
    def test_finds_nothing(self, user, ana, text):
        assert not selectors.search(user, text)

    def test_out_of_scope_and_merged_records_are_not_found(self, user, ana, clinic):
        PatientFactory(first_name="Ana")
        PatientFactory(clinics=[clinic], first_name="Ana", merged_into=ana)
        assert list(selectors.search(user, "ana")) == [ana]

    def test_the_name_to_use_counts(self, user, clinic):
        sam = PatientFactory(clinics=[clinic], first_name="Samantha", name_to_use="Max")
        assert list(selectors.search(user, "max")) == [sam]

    def test_is_one_statement(self, user, ana, django_assert_num_queries):
        user.clinic_ids()
        with django_assert_num_queries(1):
            list(selectors.search(user, "ana 5/17/1984"))


def test_the_name_index_serves_the_search(db):
    """Django's icontains compares UPPER(column), so the index must be on that expression."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "patients_name_trgm" in Patient.objects.filter(selectors.any_name("garc")).explain()
