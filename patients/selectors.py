"""Reads about patients: the search box, likely duplicates, the way to reach somebody."""

import re
from datetime import date

from allauth.account.models import EmailAddress
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Lower

from accounts.models import User
from accounts.permissions import Permission
from common.crypto import blind_index
from patients.models import ConsentRecord, ContactPoint, Patient
from patients.rules import index_purpose, parse_search, tail_index

SEARCH_FIELDS = ("first_name", "last_name", "name_to_use")
# Texts and calls need the patient's word first (TCPA, 47 CFR 64.1200); e-mail goes unless the patient said no.
_OPT_IN = frozenset({ConsentRecord.Topic.TEXTS, ConsentRecord.Topic.CALLS})


def search(user, text: str):
    """Patients the user may see whose name, birth date and phone match all that was typed, in any order.

    `garcia`, `Garcia, Ana`, `5/17/1984`, `ana 05-17-1984`, `(202) 555-0142`, `555-0142`, `0142`. Sorted by
    name; nothing typed finds none.
    """
    return _matching(Patient.objects.visible_to(user).current(), text)


def named_in_audit(text: str, user) -> list[str]:
    """Public ids of the patients so named at the clinics whose audit trail the user may read, merged records too."""
    registered = Patient.objects.filter(clinics__in=user.clinic_ids(Permission.AUDIT_VIEW)).values("pk")
    return list(_matching(Patient.objects.filter(pk__in=registered), text).values_list("public_id", flat=True)[:50])


def _matching(patients, text: str):
    wanted = parse_search(text)
    if not wanted:
        return patients.none()
    for word in wanted.words:
        patients = patients.filter(any_name(word))
    if wanted.birth_dates:
        patients = patients.filter(birth_date__in=wanted.birth_dates)
    if wanted.phone:
        patients = patients.filter(_has_phone(wanted.phone))
    if wanted.phone_end:
        patients = patients.filter(pk__in=_with_phone_end(patients, wanted.phone_end))
    return patients.order_by(Lower("last_name"), Lower("first_name"), "birth_date")


def any_name(word: str) -> Q:
    """One of the names contains the word, whatever its case."""
    matches = Q()
    for field in SEARCH_FIELDS:
        matches |= Q(**{f"{field}__icontains": word})
    return matches


def _has_phone(e164: str) -> Exists:
    index = blind_index(e164, index_purpose(ContactPoint.Kind.MOBILE))
    return Exists(ContactPoint.objects.filter(patient=OuterRef("pk"), value_index=index))


def _with_phone_end(patients, digits: str) -> set[int]:
    """Keys of those of the patients with a number that ends so: the index knows four digits, the number knows all."""
    points = ContactPoint.objects.filter(patient__in=patients, tail_index=tail_index(digits))
    return {point.patient_id for point in points if point.value.endswith(digits)}


def find_duplicates(
    *, organization, first_name: str, last_name: str, birth_date: date, mobile: str | None = None, limit: int = 5
) -> list[Patient]:
    """Records of the organization that may be the same person, likeliest first.

    Same birth date and last name; or same birth date and first name (a name changed by marriage); or the same phone
    with one of both names or the birth date. `mobile` is E.164.
    """
    born, first = Q(birth_date=birth_date), Q(first_name__iexact=first_name.strip())
    last = Q(last_name__iexact=last_name.strip())
    likely = (born & last) | (born & first)
    phone = Q(_has_phone(mobile)) if mobile else Q(pk=None)
    likely |= phone & (born | first | last)
    rank = Case(
        When(born & first & last, then=Value(0)),
        When(phone & born, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    found = Patient.objects.filter(likely, organization=organization).current()
    return list(found.order_by(rank, F("pk"))[:limit])


def same_person(*, organization, first_name: str, last_name: str, birth_date: date, mobile: str) -> Patient | None:
    """The record whose name, birth date and phone all agree (the oldest, if several); `mobile` is E.164 and proven."""
    return (
        Patient.objects.current()
        .filter(
            _has_phone(mobile),
            organization=organization,
            birth_date=birth_date,
            first_name__iexact=first_name.strip(),
            last_name__iexact=last_name.strip(),
        )
        .order_by("pk")
        .first()
    )


def reached_at(*, number: str, organization=None):
    """Patients who may have written a text from this E.164 number, of one organization or of any.

    Those whose preferred number it is; else those who have it among others. Numbers that do not work, or that turned
    out to be somebody else's, are nobody's.
    """
    index = blind_index(number, index_purpose(ContactPoint.Kind.MOBILE))
    points = ContactPoint.objects.filter(patient=OuterRef("pk"), value_index=index, status=ContactPoint.Status.OK)
    rows = Patient.objects.current().filter(Exists(points))
    if organization is not None:
        rows = rows.filter(organization=organization)
    preferring = rows.filter(Exists(points.filter(is_primary=True)))
    return preferring if preferring.exists() else rows


def primary_contact(patient: Patient, kind: str) -> ContactPoint | None:
    """The preferred contact point of a kind."""
    return patient.contact_points.filter(kind=kind, is_primary=True).first()


def newest_consent(patient: Patient, topic: str) -> ConsentRecord | None:
    """The newest ledger row about the topic."""
    return patient.consents.filter(topic=topic).order_by("-recorded_at", "-pk").first()


def has_agreed(*, patient_id: int, topic: str, value_index: str) -> bool:
    """Whether messages of this topic may go to a number or address: the newest word about it or about all of them."""
    words = ConsentRecord.objects.filter(
        Q(contact_point=None) | Q(contact_point__value_index=value_index), patient=patient_id, topic=topic
    )
    newest = words.order_by("-recorded_at", "-pk").values_list("granted", flat=True).first()
    return topic not in _OPT_IN if newest is None else newest


def initials(patient: Patient) -> str:
    """ "A. E.", for lists that need no more."""
    letters = re.findall(r"\b\w", f"{patient.first_name} {patient.last_name}")
    return " ".join(f"{letter.upper()}." for letter in (letters[:1] + letters[-1:]))


def unproved_sign_ins() -> QuerySet[User]:
    """Patients' sign-ins that open nothing, because nobody proved the e-mail address; never a colleague's."""
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    unproved = Exists(addresses), ~Exists(addresses.filter(verified=True))
    return User.objects.filter(*unproved, patient__isnull=False, memberships=None, is_staff=False)
