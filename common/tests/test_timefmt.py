"""Moments in words, across zones, the clock changes and both languages."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from common import timefmt

WINTER = datetime(2026, 12, 1, 19, 30, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 19, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "words"),
    [
        (WINTER, "America/New_York", "Tuesday, December 1, 2:30 PM EST"),
        (SUMMER, "America/New_York", "Wednesday, July 1, 3:30 PM EDT"),
        (SUMMER, "America/Phoenix", "Wednesday, July 1, 12:30 PM MST"),
        (datetime(2026, 12, 1, 4, 0, tzinfo=UTC), "America/Chicago", "Monday, November 30, 10:00 PM CST"),
        (WINTER, "America/Sao_Paulo", "Tuesday, December 1, 4:30 PM GMT-03"),
    ],
)
def test_day_and_time_are_the_zones_own(moment, zone, words):
    assert timefmt.format_when(moment, zone) == words


def test_the_hour_shown_twice_in_autumn_is_told_apart_by_its_abbreviation():
    first, second = datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert timefmt.format_clock(first, "America/New_York") == "1:30 AM EDT"
    assert timefmt.format_clock(second, "America/New_York") == "1:30 AM EST"


def test_spanish_has_its_own_word_order():
    with translation.override("es"):
        assert timefmt.format_day(date(2026, 12, 1)) == "martes 1 de diciembre"
        assert timefmt.format_day(date(2026, 12, 1), year=True) == "martes 1 de diciembre de 2026"
        assert timefmt.zone_name("America/New_York") == "hora del este"


def test_the_zones_name_knows_no_summer():
    assert timefmt.zone_name("America/Los_Angeles") == "Pacific Time"


def test_two_zones_may_read_the_same_on_the_wall():
    assert timefmt.same_wall_clock(WINTER, "America/Phoenix", "America/Denver")
    assert not timefmt.same_wall_clock(SUMMER, "America/Phoenix", "America/Denver")


@pytest.mark.parametrize(("language", "words"), [("en", "Tue, Dec 1, 2:30 PM"), ("es", "mar 1 dic, 2:30 PM")])
def test_a_short_one_for_text_messages(language, words):
    with translation.override(language):
        assert timefmt.format_short(WINTER, "America/New_York") == words
