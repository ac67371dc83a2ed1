"""A sign-in for a patient who wants one."""

from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import User
from common import ratelimit
from common.ids import new_public_id
from messaging.actions import queue
from messaging.states import Channel, Purpose
from patients import actions as patients
from patients.models import AccessLink, Patient
from patients.selectors import unproved_sign_ins
from portal.limits import HOUR
from portal.sign_in import has_account

BIRTH_DATE_TRIES = 5


class AccountRefused(Exception):
    """No sign-in was made: `code` is birth_date, too_many or exists (the patient has one already)."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def open_account(*, link: AccessLink, birth_date: date, email: str, password: str, now: datetime) -> User | None:
    """Make a sign-in for the link's patient, who shows by the birth date that the link is in the right hands.

    It lets nobody in before its e-mail address is proved; until then another one may take its place, so that a
    mistyped address locks nobody out, be it this patient or the address's owner. None when the address has a standing
    account: nobody but its owner may learn that. Five tries an hour and patient. Raises AccountRefused.
    """
    patient = link.patient
    if not ratelimit.hit("portal.account", patient.public_id, BIRTH_DATE_TRIES, HOUR):
        raise AccountRefused("too_many")
    if patient.birth_date != birth_date:
        raise AccountRefused("birth_date")
    try:
        return _make(link, email, password, now)
    except IntegrityError:
        return None


@transaction.atomic
def _make(link: AccessLink, email: str, password: str, now: datetime) -> User:
    patient = Patient.objects.select_for_update(of=("self",)).select_related("user").get(pk=link.patient_id)
    if has_account(patient):
        raise AccountRefused("exists")
    if patient.user:
        patient.user.delete()
    unproved_sign_ins().filter(email__iexact=email).delete()
    user = User.objects.create_user(email, password, name=patient.display_name)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    patients.link_user(patient=patient, user=user, clinic=link.clinic, now=now)
    return user


def send_email_code(*, patient: Patient, email: str, code: str, now: datetime) -> None:
    """E-mail the code that proves the address of the patient's account, in the name of their clinic."""
    queue(
        clinic=patient.clinics.order_by("pk").first(),
        patient=patient,
        to=email,
        channel=Channel.EMAIL,
        template_key="phone_code",
        context={"code": code},
        dedupe_key=f"email_code:{new_public_id()}",
        purpose=Purpose.CODE,
        expires_at=now + timedelta(seconds=settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT),
        now=now,
    )
