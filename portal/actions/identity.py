"""Who is booking: the proven phone, the record, what was agreed to, the insurance."""

from datetime import datetime

from django.db import transaction

from clinics.models import Clinic
from common import ratelimit
from insurance.actions import add_coverage
from messaging.actions import queue
from messaging.states import Purpose
from patients import actions as patients
from patients import challenges, selectors
from patients.models import ConsentRecord, ContactPoint, Patient
from patients.wording import CONSENT_VERSION
from portal.draft import Draft
from portal.limits import HOUR

CODES_PER_NUMBER = 3  # an hour; every text costs, and a stranger's phone must not ring all day
CODES_PER_CLINIC = 300


class TooManyCodes(Exception):
    """This number or this clinic has had its share of codes for now."""


def send_code(*, clinic: Clinic, draft: Draft, now: datetime) -> None:
    """Text a new code to the draft's number. TooManyCodes when that was asked for too often."""
    allowed = ratelimit.hit("portal.code.number", draft.mobile, CODES_PER_NUMBER, HOUR) and ratelimit.hit(
        "portal.code.clinic", clinic.public_id, CODES_PER_CLINIC, HOUR
    )
    if not allowed:
        raise TooManyCodes
    with transaction.atomic():
        challenge, code = challenges.start(clinic=clinic, phone=draft.mobile, now=now)
        queue(
            clinic=clinic,
            to=draft.mobile,
            template_key="phone_code",
            context={"code": code},
            dedupe_key=f"phone_code:{challenge.public_id}",
            purpose=Purpose.CODE,
            language=draft.language,
            urgent=True,
            expires_at=challenge.expires_at,
            now=now,
        )
    draft.challenge = challenge.public_id


def prove_phone(*, clinic: Clinic, draft: Draft, code: str, now: datetime) -> None:
    """Accept the texted code and put the person on record. Raises patients.errors.ChallengeFailed."""
    challenges.check(public_id=draft.challenge, phone=draft.mobile, code=code, now=now)
    draft.proven = draft.mobile
    put_on_record(clinic=clinic, draft=draft, now=now)


@transaction.atomic
def put_on_record(*, clinic: Clinic, draft: Draft, now: datetime) -> None:
    """Find or make the record of somebody whose phone is proven, and keep what they agreed to.

    A record of this draft's own making is corrected when the answers change, unless staff have merged it into another.
    Nothing tells which of the cases it was.
    """
    person = {
        "first_name": draft.first_name,
        "last_name": draft.last_name,
        "birth_date": draft.born,
    }
    extra = {"language": draft.language, "interpreter_language": draft.interpreter_language}
    patient = _own_record(clinic, draft)
    if patient:
        patients.update_patient(patient=patient, by=None, now=now, clinic=clinic, **person, **extra)
    else:
        patient, draft.is_new_patient = patients.find_or_create_patient(
            organization=clinic.organization,
            clinic=clinic,
            mobile=draft.mobile,
            email=draft.email or None,
            state=draft.state,
            time_zone=draft.zone,
            by=None,
            now=now,
            **person,
            **extra,
        )
        draft.change(patient=patient.public_id)
        patients.register_at(patient=patient, clinic=clinic)
    _keep_contacts(patient, clinic, draft, now)
    _keep_consents(patient, clinic, draft, now)


def _own_record(clinic: Clinic, draft: Draft) -> Patient | None:
    """The record that this draft made, while it is nobody else's."""
    if not (draft.patient and draft.is_new_patient):
        return None
    return Patient.objects.current().filter(public_id=draft.patient, organization=clinic.organization_id).first()


def patient_of(clinic: Clinic, draft: Draft) -> Patient:
    """The draft's patient; where staff merged that record meanwhile, the one it became."""
    patient = Patient.objects.get(public_id=draft.patient, organization=clinic.organization_id)
    return patient.merged_into or patient


def _keep_contacts(patient: Patient, clinic: Clinic, draft: Draft, now: datetime) -> None:
    """The proven number is marked as proven; an e-mail address becomes the preferred one where there is none."""
    points = {(point.kind, point.value): point for point in patient.contact_points.all()}
    mobile = points.get((ContactPoint.Kind.MOBILE, draft.mobile))
    setting = {"patient": patient, "by": None, "now": now, "clinic": clinic}
    works = mobile and mobile.verified_at and mobile.is_primary and mobile.status == ContactPoint.Status.OK
    if not works:
        patients.set_contact_point(kind=ContactPoint.Kind.MOBILE, value=draft.mobile, verified=True, **setting)
    if draft.email and (ContactPoint.Kind.EMAIL, draft.email) not in points:
        none_yet = not any(kind == ContactPoint.Kind.EMAIL for kind, _value in points)
        primary = none_yet or draft.is_new_patient
        patients.set_contact_point(kind=ContactPoint.Kind.EMAIL, value=draft.email, primary=primary, **setting)


def _keep_consents(patient: Patient, clinic: Clinic, draft: Draft, now: datetime) -> None:
    """What the ledger does not say already. Not ticking the box is no revocation of what was agreed to before."""
    topic = ConsentRecord.Topic.TEXTS
    newest = selectors.newest_consent(patient, topic)
    if draft.texts and not (newest and newest.granted):
        patients.record_consent(
            patient=patient,
            topic=topic,
            granted=True,
            source=ConsentRecord.Source.BOOKING,
            wording=draft.texts_wording,
            wording_version=CONSENT_VERSION,
            language=draft.language,
            clinic=clinic,
            by=None,
            now=now,
        )


def keep_coverage(*, clinic: Clinic, draft: Draft, now: datetime) -> None:
    """Put the insurance of the draft on its patient's record."""
    coverage = add_coverage(
        patient=patient_of(clinic, draft),
        payer_name=draft.payer_name,
        member_id=draft.member_id,
        group_number=draft.group_number,
        relationship=draft.relationship,
        subscriber_name=draft.subscriber_name,
        clinic=clinic,
        by=None,
        now=now,
    )
    draft.coverage = coverage.public_id
