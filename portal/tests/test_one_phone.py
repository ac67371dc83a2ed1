"""One phone, several people: who is put on record, and for whom the visit is."""

from django.utils import timezone

from clinics.tests.factories import MembershipFactory
from insurance.models import Coverage
from patients.actions import merge
from patients.models import Patient
from patients.tests.factories import PatientFactory
from portal.tests.walk import INSURANCE

MOBILE = "+12025550123"  # the one of walk.PERSON


def known(scene, first_name: str, last_name: str, birth_date: str) -> Patient:
    return PatientFactory(
        clinics=[scene.clinic], first_name=first_name, last_name=last_name, birth_date=birth_date, mobile=MOBILE
    )


def test_the_visit_is_for_the_person_named_last(walk, scene):
    """A parent begins for one child, goes back, and books for the other."""
    known(scene, "Ana", "García", "1984-05-17")
    other = known(scene, "Luz", "García", "2016-02-03")
    walk.until_check(insured=True)
    child = {"first_name": "Luz", "birth_date_month": "2", "birth_date_day": "3", "birth_date_year": "2016"}
    walk.details(**child)
    assert walk.get("check").url == walk.url("insurance"), "the other person's insurance must not be taken over"
    walk.post("insurance", INSURANCE)
    visit = walk.book_now()
    assert visit.patient == other
    assert Coverage.objects.get(patient=other)


def test_a_record_that_staff_merged_is_not_rewritten(walk, scene):
    """Between two clicks staff find that the new record is somebody they know."""
    walk.until_payment()
    made = Patient.objects.get(first_name="Ana")
    kept = PatientFactory(clinics=[scene.clinic], first_name="Anna", last_name="Garcia", birth_date="1984-05-17")
    merge(kept=kept, merged=made, by=MembershipFactory(clinic=scene.clinic).user, now=timezone.now())
    walk.details(first_name="Somebody", last_name="Else")
    kept.refresh_from_db()
    assert (kept.first_name, kept.last_name) == ("Anna", "Garcia")
