"""Who is booking: the proven phone, the record, what was agreed to, the insurance."""

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, override

from clinics.models import Clinic
from common import ratelimit
from coordination.actions import change_patient, keep_contact
from insurance.actions import add_coverage
from messaging.actions import queue
from messaging.states import Purpose
from patients import actions as patients
from patients import challenges, selectors
from patients.models import ConsentRecord, ContactPoint, Patient
from patients.wording import CONSENT_VERSION
from portal.draft import Draft
from portal.limits import HOUR
from worklist.actions import open_task
from worklist.models import Task

logger = logging.getLogger(__name__)

CODES_PER_NUMBER = 3  # an hour; every text costs, and a stranger's phone must not ring all day
CODES_PER_ADDRESS = 30  # an hour; a household or a mobile carrier may stand behind one
CODES_UNUSUAL = 300  # an hour and clinic; somebody should look, but nobody is turned away for what others do


class TooManyCodes(Exception):
    """This number, or whoever asks, has had their share of codes for now."""


def send_code(*, clinic: Clinic, draft: Draft, address: str, now: datetime) -> None:
    """Text a new code to the draft's number, asked for from a network address.

    TooManyCodes when that number or that address asked too often. A flood of codes rings an alarm and stops nobody:
    a limit for the whole clinic would let one attacker close it.
    """
    allowed = ratelimit.hit("portal.code.address", address, CODES_PER_ADDRESS, HOUR) and ratelimit.hit(
        "portal.code.number", draft.mobile, CODES_PER_NUMBER, HOUR
    )
    if not allowed:
        raise TooManyCodes
    if not ratelimit.hit("portal.code.clinic", clinic.public_id, CODES_UNUSUAL, HOUR):
        _warn_of_flood(clinic, now)
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


def _warn_of_flood(clinic: Clinic, now: datetime) -> None:
    """One log line an excess code for the machines, one task for the people as long as it stands open."""
    logger.warning("codes_flood", extra={"clinic": clinic.public_id})
    with override(settings.LANGUAGE_CODE):  # the clinic's, whatever the one speaks who asks for codes
        title = gettext("Unusually many booking codes are asked for: is somebody trying the portal out?")
    open_task(
        clinic=clinic,
        kind=Task.Kind.MANUAL,
        title=title,
        priority=Task.Priority.URGENT,
        dedupe_key=f"codes_flood:{clinic.public_id}",
        due_at=now,
        now=now,
    )


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
        change_patient(patient=patient, by=None, now=now, clinic=clinic, **person, **extra)
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
        keep_contact(kind=ContactPoint.Kind.MOBILE, value=draft.mobile, primary=True, verified=True, **setting)
    if draft.email and (ContactPoint.Kind.EMAIL, draft.email) not in points:
        none_yet = not any(kind == ContactPoint.Kind.EMAIL for kind, _value in points)
        primary = none_yet or draft.is_new_patient
        keep_contact(kind=ContactPoint.Kind.EMAIL, value=draft.email, primary=primary, **setting)


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
