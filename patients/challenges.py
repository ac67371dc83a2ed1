"""Proving that a person has a phone: a six-digit code by text, ten minutes, five tries."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from common.crypto import blind_index
from patients.errors import ChallengeFailed
from patients.models import ContactPoint, PhoneChallenge
from patients.rules import index_purpose

CODE_DIGITS = 6
LIFETIME = timedelta(minutes=10)
MAX_TRIES = 5
_SALT = "patients.challenges"


def start(*, clinic, phone: str, now: datetime) -> tuple[PhoneChallenge, str]:
    """A new challenge for an E.164 number, and the code to text. The code can't be read again later."""
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    challenge = PhoneChallenge(clinic=clinic, phone_index=_index(phone), expires_at=now + LIFETIME)
    challenge.code_hash = _hash(challenge, code)
    challenge.save()
    return challenge, code


def check(*, public_id: str, phone: str, code: str, now: datetime) -> None:
    """Accept the code for this number, or raise ChallengeFailed. Every wrong try is counted, whatever comes after.

    Once accepted it stays so: a second click with the same code is fine.
    """
    failure = _judge(public_id, phone, code, now)
    if failure:
        raise ChallengeFailed(failure)


@transaction.atomic
def _judge(public_id: str, phone: str, code: str, now: datetime) -> str:
    """The reason for a refusal, empty when accepted. Commits the counted try in both cases."""
    challenge = (
        PhoneChallenge.objects.select_for_update().filter(public_id=public_id, phone_index=_index(phone)).first()
    )
    if challenge is None or challenge.expires_at <= now:
        return "expired"
    if challenge.tries >= MAX_TRIES:
        return "too_many"
    if not constant_time_compare(challenge.code_hash, _hash(challenge, code)):
        PhoneChallenge.objects.filter(pk=challenge.pk).update(tries=F("tries") + 1)
        return "too_many" if challenge.tries + 1 >= MAX_TRIES else "wrong"
    PhoneChallenge.objects.filter(pk=challenge.pk, passed_at=None).update(passed_at=now)
    return ""


def forget_expired(*, now: datetime, keep: timedelta = timedelta(days=1)) -> int:
    """Delete challenges that ran out longer than `keep` ago; how many."""
    return PhoneChallenge.objects.filter(expires_at__lt=now - keep).delete()[0]


def _index(phone: str) -> str:
    return blind_index(phone, index_purpose(ContactPoint.Kind.MOBILE))


def _hash(challenge: PhoneChallenge, code: str) -> str:
    return salted_hmac(_SALT, f"{challenge.public_id}:{code}", algorithm="sha256").hexdigest()
