"""Telephone numbers in, masks and readable forms out."""

import pytest

from common import phone


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("(202) 555-0142", "+12025550142"),
        ("202.555.0142", "+12025550142"),
        ("+1 202 555 0142", "+12025550142"),
        ("1-202-555-0142", "+12025550142"),
        ("+52 55 1234 5678", "+525512345678"),
    ],
)
def test_numbers_have_one_form(typed, e164):
    assert phone.to_e164(typed) == e164


@pytest.mark.parametrize("typed", ["", "555-0142", "hello", "202 555 0142 ext. 7", "12345678901234567890"])
def test_what_is_no_number_is_refused_without_repeating_it(typed):
    with pytest.raises(ValueError, match="telephone number") as refusal:
        phone.to_e164(typed)
    assert not typed or typed not in str(refusal.value)


def test_masks_and_readable_forms():
    assert phone.mask("+12025550142") == "•••• 0142"
    assert phone.mask("") == ""
    assert phone.display("+12025550142") == "(202) 555-0142"
    assert phone.display("+525512345678") == "+52 55 1234 5678"
    assert phone.display("none") == "none"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+12025550142", True),
        ("+17875550123", True),  # Puerto Rico
        ("+15555550123", True),  # assigned to nobody
        ("+18765550188", False),  # Jamaica, written like a number at home
        ("+19005550100", False),  # pays whoever rents it
        ("+447700900123", False),
        ("+8821234567890", False),  # by satellite
    ],
)
def test_texts_stay_at_home(number, expected):
    assert phone.is_domestic(number) is expected
