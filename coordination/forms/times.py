"""From which day, and at what time of a day, free times are looked for."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.forms.base import DayInput, DeskForm
from scheduling.day_parts import DayPart


class DayField(forms.DateField):
    def __init__(self):
        super().__init__(label=_("From"), required=False, widget=DayInput())


class DayPartField(forms.ChoiceField):
    def __init__(self):
        choices = [("", _("Any time of day")), *DayPart.choices]
        super().__init__(label=_("Time of day"), required=False, choices=choices)


class MoveTimesForm(DeskForm):
    """Which times a visit could move to. Sent with GET; nothing asked yet is: from today on, with the same provider."""

    id_prefix = "times"
    day = DayField()
    part = DayPartField()
    provider = forms.ChoiceField(
        label=_("Provider"), required=False, choices=[("same", _("The same")), ("", _("Any licensed provider"))]
    )

    def __init__(self, data, *, today: date):
        given = {name: data.get(name, "") for name in self.base_fields}
        super().__init__(given | {"day": given["day"] or today.isoformat(), "provider": data.get("provider", "same")})

    @property
    def helper(self):
        helper = super().helper
        helper.no_optional = True
        return helper
