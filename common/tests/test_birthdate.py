"""The three fields of a birth date."""

from datetime import date

import pytest
from django import forms

from common.birthdate import BirthDateField

TODAY = date(2026, 12, 1)


class Form(forms.Form):
    born = BirthDateField(today=TODAY)
    guardian_born = BirthDateField(required=False)


def form_of(month, day, year):
    return Form({"born_month": month, "born_day": day, "born_year": year})


@pytest.mark.parametrize("typed", [("3", "27", "1985"), ("03", " 27 ", "1985")])
def test_a_date_is_read_in_us_order(typed):
    form = form_of(*typed)
    assert form.is_valid()
    assert form.cleaned_data == {"born": date(1985, 3, 27), "guardian_born": None}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("", "", ""), "Enter the date of birth."),
        (("3", "", "1985"), "The date of birth needs a month, a day and a year."),
        (("13", "1", "1985"), "Enter a real date of birth, such as 3 / 27 / 1985."),
        (("2", "29", "2025"), "Enter a real date of birth, such as 3 / 27 / 1985."),
        (("March", "1", "1985"), "Enter a real date of birth, such as 3 / 27 / 1985."),
        (("3", "27", "85"), "Enter a real date of birth, such as 3 / 27 / 1985."),
        (("12", "2", "2026"), "The date of birth must be in the past."),
    ],
)
def test_what_is_no_birth_date_says_why_once(typed, words):
    assert form_of(*typed).errors["born"] == [words]


def test_an_optional_date_that_was_begun_must_be_finished():
    form = Form({"born_month": "3", "born_day": "27", "born_year": "1985", "guardian_born_month": "3"})
    assert form.errors["guardian_born"] == ["The date of birth needs a month, a day and a year."]


def test_each_part_has_a_label_and_says_that_it_is_wrong():
    html = str(form_of("13", "1", "1985")["born"])
    assert html.count('aria-invalid="true"') == 3
    assert '<label class="form-label" for="id_born_0">Month</label>' in html
    assert 'autocomplete="bday-year"' in html
    assert 'value="13"' in html
