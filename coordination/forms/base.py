"""What the desk's forms share."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PageForm
from scheduling.slot_values import read_slot


class DeskForm(PageForm):
    id_prefix = "f"


class DayInput(forms.DateInput):
    """A day in the browser's own calendar, which reads nothing but year-month-day."""

    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d", attrs={"class": "w-10ch"})


class ClockInput(forms.TimeInput):
    """A time of day, to the minute."""

    input_type = "time"

    def __init__(self):
        super().__init__(format="%H:%M", attrs={"class": "w-10ch"})


class SlotField(forms.CharField):
    """A chosen time as `scheduling.slot_values` writes it; cleans to (provider id, aware UTC datetime)."""

    default_error_messages = {"required": _("Choose a time."), "invalid": _("Choose a time from the list.")}

    def clean(self, value) -> tuple[str, datetime]:
        try:
            return read_slot(super().clean(value))
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"]) from None
