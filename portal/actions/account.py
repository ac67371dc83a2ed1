"""A sign-in for a patient who wants one."""

from datetime import date, datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from accounts.models import User
from common import ratelimit
from patients import actions as patients
from patients.models import AccessLink, Patient
from portal.limits import HOUR

BIRTH_DATE_TRIES = 5


class AccountRefused(Exception):
    """No sign-in was made: `code` is birth_date, too_many or taken."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def open_account(*, link: AccessLink, birth_date: date, email: str, password: str, now: datetime) -> User:
    """Make a sign-in for the link's patient, who shows by the birth date that the link is in the right hands.

    Five tries an hour and patient. Raises AccountRefused; an address in use is refused without saying by whom.
    """
    patient = link.patient
    if not ratelimit.hit("portal.account", patient.public_id, BIRTH_DATE_TRIES, HOUR):
        raise AccountRefused("too_many")
    if patient.birth_date != birth_date:
        raise AccountRefused("birth_date")
    if patient.user_id:
        raise AccountRefused("taken")
    try:
        return _make(link, patient, email, password, now)
    except IntegrityError:
        raise AccountRefused("taken") from None


@transaction.atomic
def _make(link: AccessLink, patient: Patient, email: str, password: str, now: datetime) -> User:
    user = User.objects.create_user(email, password, name=patient.display_name)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    patients.link_user(patient=patient, user=user, clinic=link.clinic, now=now)
    return user
