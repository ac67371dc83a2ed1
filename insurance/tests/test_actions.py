import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from compliance.models import AuditEvent
from insurance import actions
from insurance.models import Coverage, Payer, VisitPayment
from patients.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db
SUBJECT = "visit:0123456789abcdefABCDEF"


@pytest.fixture
def patient():
    return PatientFactory()


def add(patient, **changes) -> Coverage:
    fields = {"payer_name": "Acme Health", "member_id": "xyz 123-45", "by": None, "now": timezone.now()}
    return actions.add_coverage(patient=patient, **fields | changes)


def pay(patient, method, coverage=None):
    actions.set_visit_payment(
        clinic=patient.clinics.get(),
        patient=patient,
        subject=SUBJECT,
        method=method,
        coverage=coverage,
        by=None,
        now=timezone.now(),
    )


def test_a_coverage_is_sealed_normalised_and_audited_without_its_number(patient):
    coverage = add(patient, subscriber_name=" Kim Example ")
    assert Coverage.objects.get() == coverage
    assert coverage.member_id == "XYZ12345" and coverage.subscriber_name == "Kim Example"
    assert "XYZ" not in str(Coverage.objects.values().get())
    event = AuditEvent.objects.get(action="insurance.coverage_added")
    assert event.patient_id == patient.public_id and "XYZ" not in str(event.detail)


def test_the_same_card_again_changes_the_row_that_stands(patient):
    first = add(patient)
    Coverage.objects.update(is_active=False)
    again = add(patient, member_id="XYZ12345", group_number="G7")
    assert (again.pk, again.public_id) == (first.pk, first.public_id)
    assert again.is_active and again.group_number == "G7" and again.member_id == "XYZ12345"
    assert AuditEvent.objects.filter(action="insurance.coverage_changed").count() == 1


def test_a_payer_on_the_list_is_linked_by_name(patient):
    payer = Payer.objects.create(organization=patient.organization, name="Acme Health")
    Payer.objects.create(organization=PatientFactory().organization, name="ACME health plan")
    coverage = add(patient, payer_name="acme  HEALTH")
    assert coverage.payer == payer and coverage.payer_name == "Acme Health"
    assert add(patient, payer_name="ACME health plan").payer is None


def test_the_last_word_on_payment_counts(patient):
    pay(patient, "coverage", add(patient))
    pay(patient, "self_pay")
    payment = VisitPayment.objects.get()
    assert payment.method == "self_pay" and payment.coverage is None
    assert AuditEvent.objects.filter(action="insurance.visit_payment_set", subject=SUBJECT).count() == 2


@pytest.mark.parametrize(("method", "with_coverage"), [("coverage", False), ("self_pay", True)])
def test_a_self_paid_visit_never_names_a_coverage(patient, method, with_coverage):
    coverage = add(patient) if with_coverage else None
    with pytest.raises(ValueError, match="belongs to"):
        pay(patient, method, coverage)
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitPayment.objects.bulk_create(
            [
                VisitPayment(
                    clinic=patient.clinics.get(), patient=patient, subject=SUBJECT, method=method, coverage=coverage
                )
            ]
        )


def test_adding_a_coverage_takes_few_statements(patient, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        add(patient)
