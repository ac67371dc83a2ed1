"""The query of GET /api/slots."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.timeutil import combine, read_date, read_instant
from common.us import STATES

MAX_DAYS = 31
DEFAULT_DAYS = 7


class InstantField(forms.CharField):
    """An ISO 8601 instant with its offset, or a date: then that day's beginning at the clinic."""

    default_error_messages = {
        "invalid": _("Give a date such as 2026-12-01, or an instant such as 2026-12-01T14:30:00Z."),
    }

    def to_python(self, value) -> datetime | date | None:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return read_date(text) if len(text) == 10 else read_instant(text)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"]) from None


class SlotsQueryForm(forms.Form):
    visit_type = forms.CharField(max_length=22, error_messages={"required": _("Name a visit type.")})
    provider = forms.CharField(max_length=22, required=False)
    state = forms.ChoiceField(
        choices=STATES,
        error_messages={
            "required": _("Say in which state the patient will be, such as NY."),
            "invalid_choice": _("Use the postal code of a US state, such as NY."),
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # "from" is a Python keyword, so these two can't be declared above.
        self.fields["from"] = InstantField(required=False)
        self.fields["to"] = InstantField(required=False)

    def period(self, zone, now: datetime) -> tuple[datetime, datetime]:
        """[from, to) as instants: from now where there is no from, seven days where there is no to.

        ValidationError when it ends before it begins or is too long.
        """
        start = self._instant("from", zone) or now
        end = self._instant("to", zone) or start + timedelta(days=DEFAULT_DAYS)
        if end <= start:
            raise ValidationError({"to": _("The end must come after the start.")})
        if end - start > timedelta(days=MAX_DAYS, hours=1):  # a month with the longer day in autumn
            raise ValidationError({"to": _("Ask for at most 31 days at once.")})
        return start, end

    def _instant(self, name: str, zone) -> datetime | None:
        value = self.cleaned_data[name]
        if isinstance(value, date) and not isinstance(value, datetime):
            return combine(value, time.min, zone)
        return value
