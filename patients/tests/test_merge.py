import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import UserFactory
from clinics.tests.factories import ClinicFactory
from compliance.models import AuditEvent
from insurance.models import Coverage
from patients import actions
from patients.errors import MergeRefused
from patients.models import ContactPoint, Patient, PatientMerge
from patients.tests.factories import (
    AccessLinkFactory,
    ConsentRecordFactory,
    ContactPointFactory,
    NoteFactory,
    PatientFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic():
    return ClinicFactory()


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def pair(clinic):
    """The kept record, and one at another clinic with rows of its own, some of which the kept one has too."""
    elsewhere = ClinicFactory(organization=clinic.organization)
    kept = PatientFactory(clinics=[clinic], mobile="+12025550101", email="alex@example.com")
    merged = PatientFactory(clinics=[elsewhere], mobile="+12025550102", email="alex@example.com")
    ContactPointFactory(patient=merged, kind="phone", value="+12025550103")
    NoteFactory(patient=merged, clinic=elsewhere)
    ConsentRecordFactory(patient=merged)
    AccessLinkFactory(patient=merged, clinic=elsewhere)
    for patient in (kept, merged):
        Coverage.objects.create(patient=patient, payer_name="Acme", member_id="A1", member_id_index="0" * 32)
    Coverage.objects.create(patient=merged, payer_name="Other", member_id="A1", member_id_index="0" * 32)
    return kept, merged


def snapshot() -> dict:
    """Whose every row is, in every app; and which contact points are preferred."""
    state = {
        relation.related_model._meta.label + relation.field.name: sorted(
            relation.related_model._base_manager.values_list("pk", relation.field.attname)
        )
        for relation in Patient._meta.related_objects
        if relation.related_model is not PatientMerge and not relation.many_to_many
    }
    state["primary"] = sorted(ContactPoint.objects.filter(is_primary=True).values_list("pk", flat=True))
    state["clinics"] = sorted(Patient.clinics.through.objects.values_list("patient_id", "clinic_id"))
    state["users"] = sorted(Patient.objects.values_list("pk", "user_id", "merged_into_id"))
    return state


def merge(pair, user) -> PatientMerge:
    kept, merged = pair
    return actions.merge(kept=kept, merged=merged, by=user, now=timezone.now())


def test_everything_moves_but_what_the_kept_record_has_already(pair, user):
    kept, merged = pair
    merge(pair, user)
    kept, merged = (Patient.objects.get(pk=each.pk) for each in pair)
    assert merged.merged_into == kept
    assert kept.notes.count() == kept.consents.count() == kept.access_links.count() == 1
    assert {point.value for point in kept.contact_points.all()} == {
        "+12025550101", "+12025550102", "+12025550103", "alex@example.com",
    }  # fmt: skip
    assert [point.value for point in merged.contact_points.all()] == ["alex@example.com"]
    assert kept.contact_points.get(kind="mobile", is_primary=True).value == "+12025550101"
    assert sorted(kept.coverages.values_list("payer_name", flat=True)) == ["Acme", "Other"]
    assert kept.clinics.count() == 2
    assert AuditEvent.objects.get(action="patients.merged").patient_ids == [kept.public_id, merged.public_id]


def test_an_undo_brings_back_exactly_what_was(pair, user):
    before = snapshot()
    actions.undo_merge(merge=merge(pair, user), by=user, now=timezone.now())
    assert snapshot() == before
    assert AuditEvent.objects.filter(action="patients.merge_undone").count() == 1


def test_an_undo_leaves_what_was_added_in_between(pair, user):
    kept, _merged = pair
    record = merge(pair, user)
    elsewhere = kept.clinics.order_by("-pk").first()
    note = NoteFactory(patient=kept, clinic=elsewhere)
    actions.undo_merge(merge=record, by=user, now=timezone.now())
    note.refresh_from_db()
    assert note.patient == kept
    assert elsewhere in kept.clinics.all()  # it has something there now


def share_a_proved_number(pair) -> None:
    for patient in pair:
        ContactPointFactory(patient=patient, value="+12025550109", is_primary=False, verified_at=timezone.now())


def give_sign_in(patient) -> User:
    patient.user = UserFactory()
    patient.save(update_fields=["user"])
    return patient.user


def test_a_sign_in_that_shares_no_proved_number_does_not_open_the_kept_record(pair, user):
    """Somebody books under another's name with a phone of their own and opens an account."""
    kept, merged = pair
    stranger = give_sign_in(merged)
    record = merge(pair, user)
    assert not Patient.objects.filter(user=stranger).exists()
    actions.undo_merge(merge=record, by=user, now=timezone.now())
    assert Patient.objects.get(user=stranger) == merged


def test_an_undo_never_hands_over_a_sign_in_that_was_opened_since(pair, user):
    kept, merged = pair
    give_sign_in(merged)
    record = merge(pair, user)
    own = give_sign_in(Patient.objects.get(pk=kept.pk))
    actions.undo_merge(merge=record, by=user, now=timezone.now())
    assert Patient.objects.get(user=own) == kept


def test_a_sign_in_moves_and_comes_back(pair, user):
    kept, merged = pair
    share_a_proved_number(pair)
    give_sign_in(merged)
    before = snapshot()
    record = merge(pair, user)
    assert Patient.objects.get(pk=kept.pk).user == merged.user
    actions.undo_merge(merge=record, by=user, now=timezone.now())
    assert snapshot() == before


def test_a_sign_in_that_was_never_proved_stands_in_no_merges_way(pair, user):
    proved, unproved = UserFactory(), UserFactory()
    EmailAddress.objects.create(user=proved, email=proved.email, verified=True)
    EmailAddress.objects.create(user=unproved, email=unproved.email, verified=False)
    share_a_proved_number(pair)
    for patient, sign_in in zip(pair, (unproved, proved), strict=True):
        Patient.objects.filter(pk=patient.pk).update(user=sign_in)
    before = merge(pair, user)
    kept, merged = (Patient.objects.get(pk=each.pk) for each in pair)
    assert (kept.user, merged.user) == (proved, None)
    assert not User.objects.filter(pk=unproved.pk).exists()
    actions.undo_merge(merge=before, by=user, now=timezone.now())
    assert Patient.objects.get(pk=merged.pk).user == proved


def test_a_merge_is_undone_once(pair, user):
    record = merge(pair, user)
    actions.undo_merge(merge=record, by=user, now=timezone.now())
    with pytest.raises(MergeRefused):
        actions.undo_merge(merge=record, by=user, now=timezone.now())


def test_merged_again_after_an_undo(pair, user):
    actions.undo_merge(merge=merge(pair, user), by=user, now=timezone.now())
    assert merge(pair, user).moved


@pytest.mark.parametrize("case", ["same", "organization", "gone", "users"])
def test_refusals_write_nothing(pair, user, case):
    kept, merged = pair
    if case == "same":
        merged = kept
    elif case == "organization":
        merged = PatientFactory()
    elif case == "gone":
        Patient.objects.filter(pk=merged.pk).update(merged_into=PatientFactory(clinics=[ClinicFactory()]))
    else:
        for patient in pair:
            Patient.objects.filter(pk=patient.pk).update(user=UserFactory())
    before = snapshot()
    with pytest.raises(MergeRefused):
        actions.merge(kept=kept, merged=merged, by=user, now=timezone.now())
    assert snapshot() == before
    assert not PatientMerge.objects.exists() and not AuditEvent.objects.exists()


def test_the_database_refuses_a_record_merged_into_itself_or_twice(pair, user):
    kept, merged = pair
    with pytest.raises(IntegrityError), transaction.atomic():
        Patient.objects.filter(pk=kept.pk).update(merged_into=kept)
    record = merge(pair, user)
    record.pk, record.public_id = None, "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        record.save()


def test_every_app_with_patients_is_covered_by_the_relations():
    """A model that names a patient otherwise than by a foreign key would be left behind."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if field.many_to_many and not field.auto_created and field.related_model is Patient:
                pytest.fail(f"{model._meta.label}.{field.name}: a merge does not know many-to-many fields to patients.")
