"""What the desk's forms share."""

from datetime import datetime

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from scheduling.slot_values import read_slot


class DeskForm(forms.Form):
    """A form whose tag, token and buttons stand in the template. Ids are prefixed: several may be on one page."""

    id_prefix = "f"

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("auto_id", f"{self.id_prefix}_%s")
        super().__init__(*args, **kwargs)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper


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
