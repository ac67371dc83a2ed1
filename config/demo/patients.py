"""The demo's patients, written in bulk: 400 by the door would take a minute of the first start."""

import random
from collections.abc import Callable
from datetime import datetime

from clinics.models import Clinic, Organization
from common.crypto import blind_index
from insurance.models import Coverage, Payer
from patients.models import ConsentRecord, ContactPoint, Patient
from patients.rules import indexes

from .people import Person, people

HOME = {"NY": "riverside", "NJ": "riverside", "CT": "hillcrest", "IL": "lakeview", "WI": "lakeview"}
COUNT = 400


def build(organization: Organization, clinics: list[Clinic], now: datetime) -> list[Patient]:
    """Patients registered at the clinic nearest to their state, with a mobile, an e-mail and consent to both."""
    folk = people(COUNT, now.date())
    patients = Patient.objects.bulk_create(_patient(organization, person) for person in folk)
    by_slug = {clinic.slug: clinic for clinic in clinics}
    register = Patient.clinics.through
    register.objects.bulk_create(
        register(patient_id=patient.pk, clinic_id=by_slug[HOME[patient.state]].pk) for patient in patients
    )
    _contacts(patients, folk, now)
    _coverages(organization, patients)
    return patients


def _patient(organization: Organization, person: Person) -> Patient:
    return Patient(
        organization=organization,
        first_name=person.first_name,
        last_name=person.last_name,
        name_to_use=person.name_to_use,
        pronouns=person.pronouns,
        birth_date=person.birth_date,
        sex=person.sex,
        language=person.language,
        interpreter_language=person.interpreter_language,
        state=person.state,
    )


def _contacts(patients: list[Patient], folk: list[Person], now: datetime) -> None:
    _reachable_by(
        ContactPoint.Kind.MOBILE, ConsentRecord.Topic.TEXTS, patients, folk, lambda person: person.mobile, now
    )
    _reachable_by(ContactPoint.Kind.EMAIL, ConsentRecord.Topic.EMAILS, patients, folk, lambda person: person.email, now)


def _reachable_by(
    kind: str, topic: str, patients: list[Patient], folk: list[Person], value: Callable[[Person], str], now: datetime
) -> None:
    points = ContactPoint.objects.bulk_create(
        ContactPoint(
            patient=patient,
            kind=kind,
            value=value(person),
            **indexes(kind, value(person)),
            verified_at=now,
        )
        for patient, person in zip(patients, folk, strict=True)
    )
    ConsentRecord.objects.bulk_create(
        ConsentRecord(
            patient=point.patient,
            contact_point=point,
            topic=topic,
            granted=True,
            source=ConsentRecord.Source.IMPORT,
            recorded_at=now,
            language=point.patient.language,
        )
        for point in points
    )


def _coverages(organization: Organization, patients: list[Patient]) -> None:
    dice = random.Random(7)  # noqa: S311 - the demo has to be the same everywhere
    payers = list(Payer.objects.filter(organization=organization).order_by("pk"))
    insured = [patient for patient in patients if dice.random() < 0.8]
    Coverage.objects.bulk_create(
        _coverage(patient, dice.choice(payers), position) for position, patient in enumerate(insured)
    )


def _coverage(patient: Patient, payer: Payer, position: int) -> Coverage:
    member_id = f"DEMO{position:06d}"
    return Coverage(
        patient=patient,
        payer=payer,
        payer_name=payer.name,
        member_id=member_id,
        member_id_index=blind_index(member_id, f"member-id:{payer.name}"),
        subscriber_name=patient.full_name,
    )
