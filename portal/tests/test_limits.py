"""What a script may not do with the booking pages: keep times, and have texts sent anywhere."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_time_is_kept_longer_sixty_times_an_hour_at_most(walk):
    walk.until_details()
    answers = [walk.client.post(walk.url("keep"), REMOTE_ADDR="198.51.100.77").status_code for _again in range(61)]
    assert answers == [302] * 60 + [429]


def test_a_code_goes_to_numbers_in_the_country_only(walk):
    walk.until_details()
    page = walk.details(mobile="+44 7700 900123")
    assert page.status_code == 200 and "Enter a US mobile number" in page.content.decode()
