"""Making and changing a patient's record."""

from datetime import date, datetime

from django.core.exceptions import FieldError
from django.db import connection, transaction

from common.us import zone_of_state
from compliance import audit
from patients import selectors
from patients.actions.contact import add_primary_contacts
from patients.errors import PossibleDuplicate
from patients.models import ContactPoint, Patient
from patients.rules import normalised, tidy

# What a form or an import may set besides the identifying fields of create_patient.
DETAILS = frozenset(
    {
        "name_to_use", "pronouns", "sex", "language", "interpreter_language", "state", "time_zone",
        "emergency_name", "emergency_relationship", "emergency_phone",
    }
)  # fmt: skip
EDITABLE = DETAILS | {"first_name", "last_name", "birth_date"}


def create_patient(
    *,
    organization,
    clinic,
    first_name: str,
    last_name: str,
    birth_date: date,
    state: str,
    by,
    now: datetime,
    language: str = Patient.Language.ENGLISH,
    mobile: str | None = None,
    email: str | None = None,
    mobile_verified: bool = False,
    despite_duplicates: bool = False,
    **details,
) -> Patient:
    """A new record, registered at the clinic, with its mobile and e-mail (as typed) as preferred contact points.

    Raises PossibleDuplicate unless `despite_duplicates`: the caller shows the records and asks. Two people who enter
    the same person at once are told apart here: the second one gets the warning. `details` are those of DETAILS.
    ValueError or ValidationError for a number or address that can't be one.
    """
    _check_names(details, DETAILS)
    contacts = _contacts(mobile, email)
    who = {"first_name": tidy(first_name), "last_name": tidy(last_name), "birth_date": birth_date}
    with transaction.atomic():
        _one_at_a_time(organization, who["last_name"], birth_date)
        if not despite_duplicates:
            _warn_of_duplicates(organization, who, contacts)
        patient = Patient.objects.create(
            organization=organization,
            state=state,
            language=language,
            time_zone=details.pop("time_zone", "") or zone_of_state(state) or "",
            **who,
            **details,
        )
        register_at(patient=patient, clinic=clinic)
        add_primary_contacts(patient, contacts, verified_at=now if mobile_verified else None)
        audit.record(
            action="patients.patient_created",
            actor=by,
            clinic=clinic,
            patient=patient,
            subject=f"patient:{patient.public_id}",
            detail={"contacts": sorted(contacts), "despite_duplicates": despite_duplicates},
        )
        return patient


@transaction.atomic
def find_or_create_patient(
    *, organization, clinic, first_name: str, last_name: str, birth_date: date, mobile: str, by, now: datetime, **fields
) -> tuple[Patient, bool]:
    """The record of somebody who has proven to have `mobile` (E.164), else a new one; and whether it is new.

    A record counts only when name, birth date and number all agree; nothing on it is overwritten. Whoever asks must
    not be able to tell which of the two happened.
    """
    _one_at_a_time(organization, last_name, birth_date)
    names = {"first_name": tidy(first_name), "last_name": tidy(last_name)}
    who = names | {"birth_date": birth_date, "mobile": mobile}
    known = selectors.same_person(organization=organization, **who)
    if known:
        return known, False
    created = create_patient(
        organization=organization, clinic=clinic, by=by, now=now, **who, **fields,
        mobile_verified=True, despite_duplicates=True,
    )  # fmt: skip
    return created, True


@transaction.atomic
def update_patient(*, patient: Patient, by, now: datetime, clinic=None, **changes) -> Patient:
    """Change fields of EDITABLE; the audit row names the fields that changed, never their values.

    Who moves to another state moves to its clocks: quiet hours and times in messages go by them.
    """
    _check_names(changes, EDITABLE)
    changes |= {name: tidy(changes[name]) for name in ("first_name", "last_name") if name in changes}
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    if changes.get("state", patient.state) != patient.state:
        changes.setdefault("time_zone", zone_of_state(changes["state"]) or "")
    changed = [name for name, value in changes.items() if getattr(patient, name) != value]
    if not changed:
        return patient
    for name in changed:
        setattr(patient, name, changes[name])
    patient.save(update_fields=changed)
    audit.record(
        action="patients.patient_changed",
        actor=by,
        clinic=clinic,
        patient=patient,
        subject=f"patient:{patient.public_id}",
        detail={"fields": sorted(changed)},
    )
    return patient


def register_at(*, patient: Patient, clinic) -> None:
    """Register the patient at one more clinic; does nothing when that is so already. Part of the caller's action."""
    link = Patient.clinics.through
    link.objects.bulk_create([link(patient=patient, clinic=clinic)], ignore_conflicts=True)


@transaction.atomic
def link_user(*, patient: Patient, user, clinic, now: datetime) -> Patient:
    """Give the patient a sign-in of their own."""
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    patient.user = user
    patient.save(update_fields=["user"])
    audit.record(
        action="patients.account_opened",
        actor=user,
        clinic=clinic,
        patient=patient,
        subject=f"patient:{patient.public_id}",
    )
    return patient


def _check_names(fields: dict, allowed: frozenset) -> None:
    unknown = set(fields) - allowed
    if unknown:
        raise FieldError(f"Not a field of a patient that may be set here: {', '.join(sorted(unknown))}.")


def _contacts(mobile: str | None, email: str | None) -> dict[str, str]:
    given = {ContactPoint.Kind.MOBILE: mobile, ContactPoint.Kind.EMAIL: email}
    return {str(kind): normalised(kind, value) for kind, value in given.items() if value}


def _warn_of_duplicates(organization, who: dict, contacts: dict[str, str]) -> None:
    mobile = contacts.get(ContactPoint.Kind.MOBILE)
    likely = selectors.find_duplicates(organization=organization, mobile=mobile, **who)
    if likely:
        raise PossibleDuplicate(likely)


def _one_at_a_time(organization, last_name: str, birth_date: date) -> None:
    """Until the transaction ends nobody else enters a person of this name and birth date."""
    key = f"patient:{organization.pk}:{tidy(last_name).casefold()}:{birth_date.isoformat()}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
