from datetime import timedelta

import pytest
from django.utils import timezone

from clinics.tests.factories import ClinicFactory
from patients import challenges
from patients.errors import ChallengeFailed
from patients.models import PhoneChallenge

pytestmark = pytest.mark.django_db
PHONE = "+12025550123"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def started(now):
    return challenges.start(clinic=ClinicFactory(), phone=PHONE, now=now)


def check(challenge, code, now, phone=PHONE):
    challenges.check(public_id=challenge.public_id, phone=phone, code=code, now=now)


def refusal(challenge, code, now, phone=PHONE) -> str:
    with pytest.raises(ChallengeFailed) as raised:
        check(challenge, code, now, phone)
    return raised.value.code


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_the_right_code_is_accepted_twice_and_stored_nowhere(started, now):
    challenge, code = started
    assert len(code) == 6 and code.isdigit()
    assert code not in str(PhoneChallenge.objects.values("code_hash", "phone_index").get())
    check(challenge, code, now)
    check(challenge, code, now)
    assert PhoneChallenge.objects.get().passed_at == now


def test_five_wrong_tries_close_it_even_for_the_right_code(started, now):
    challenge, code = started
    told = [refusal(challenge, other(code), now) for _try in range(5)]
    assert told == ["wrong"] * 4 + ["too_many"]
    assert refusal(challenge, code, now) == "too_many"
    assert PhoneChallenge.objects.get().tries == 5


def test_it_ends_after_ten_minutes(started, now):
    challenge, code = started
    assert refusal(challenge, code, now + timedelta(minutes=10)) == "expired"
    check(challenge, code, now + timedelta(minutes=9, seconds=59))


def test_it_proves_one_number_only(started, now):
    challenge, code = started
    assert refusal(challenge, code, now, phone="+12025550124") == "expired"


def test_old_ones_are_forgotten(started, now):
    assert challenges.forget_expired(now=now + timedelta(hours=12)) == 0
    assert challenges.forget_expired(now=now + timedelta(days=2)) == 1
