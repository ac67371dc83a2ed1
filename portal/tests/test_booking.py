import pytest

pytestmark = pytest.mark.django_db


def test_a_booking_from_the_first_page_to_the_last(walk):
    visit = walk.book(insured=True)
    assert visit.patient.first_name == "Ana"
