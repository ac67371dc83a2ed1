"""Public ids and the scope of rows."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser

from clinics.models import Closure
from clinics.tests.factories import ClosureFactory, MembershipFactory
from common.ids import new_public_id


def test_ids_are_22_letters_and_digits_and_differ():
    ids = {new_public_id() for _ in range(10_000)}
    assert len(ids) == 10_000
    assert all(re.fullmatch(r"[0-9A-Za-z]{22}", public_id) for public_id in ids)


@pytest.mark.django_db
def test_rows_are_visible_through_a_membership_only():
    closure, other = ClosureFactory(), ClosureFactory()
    user = MembershipFactory(clinic=closure.clinic).user
    assert list(Closure.objects.visible_to(user)) == [closure]
    user.is_superuser = True
    assert other not in Closure.objects.visible_to(user)
    user.is_active = False
    assert not Closure.objects.visible_to(user).exists()
    assert not Closure.objects.visible_to(AnonymousUser()).exists()
