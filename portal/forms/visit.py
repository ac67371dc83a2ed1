"""What the visit is about, where the patient will be, and when."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.timefmt import format_clock, zone_name
from common.us import STATES, state_name
from portal import red_flags
from portal.forms.base import PortalForm
from portal.zones import zones_of
from scheduling.models import VisitType
from scheduling.models.visit_type import Modality
from scheduling.slot_values import read_slot

REASON_MAX_LENGTH = 500
HELD_BY = {
    Modality.VIDEO: _("by video"),
    Modality.PHONE: _("by phone"),
    Modality.LINK: _("by video, in another system"),
}


class VisitTypeField(forms.ModelChoiceField):
    """Visit types by public id, each with its length and description in the page's language."""

    def label_from_instance(self, visit_type: VisitType) -> str:
        language = get_language() or "en"
        facts = _("%(minutes)s minutes, %(how)s") % {
            "minutes": visit_type.duration,
            "how": HELD_BY[visit_type.modality],
        }
        words = " · ".join(filter(None, [facts, visit_type.description_in(language)]))
        return format_html('{}<span class="hint">{}</span>', visit_type.name_in(language), words)


class ReasonForm(PortalForm):
    """Which kind of visit, and why."""

    visit_type = VisitTypeField(
        label=_("What kind of visit do you need?"),
        queryset=VisitType.objects.none(),
        to_field_name="public_id",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a kind of visit."),
            "invalid_choice": _("Choose one of the kinds of visits listed."),
        },
    )
    reason = forms.CharField(
        label=_("What is the reason for your visit?"),
        help_text=_("A few words are enough. Only your care team reads them."),
        max_length=REASON_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={
            "required": _("Tell us in a few words why you need the visit."),
            "max_length": _("Use 500 characters or fewer."),
        },
    )

    def __init__(self, *args, clinic, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["visit_type"]
        field.queryset = VisitType.objects.for_patients().filter(clinic=clinic).order_by("duration", "name")

    @property
    def urgent_reason(self) -> str:
        """The reason if it speaks of an emergency, whatever else is missing or wrong; else empty."""
        reason = (self["reason"].value() or "") if self.is_bound else ""
        flag = red_flags.find(reason)
        if flag is None:
            return ""
        short = reason[:REASON_MAX_LENGTH]
        return short if red_flags.find(short) else flag.words


class WhereForm(PortalForm):
    """A provider must be licensed where the patient is during the visit, so this comes before the times."""

    is_one_question = True
    state = forms.ChoiceField(
        label=_("Which state will you be in during the visit?"),
        help_text=_("The law asks for a provider who is licensed there."),
        choices=[("", _("Choose a state")), *STATES],
        widget=forms.Select(attrs={"autocomplete": "address-level1", "class": "form-select"}),
        error_messages={
            "required": _("Choose the state you will be in."),
            "invalid_choice": _("Choose a state from the list."),
        },
    )


class ZoneForm(PortalForm):
    """Asked only in states that lie in two zones; each choice shows the time it is there now."""

    is_one_question = True
    zone = forms.ChoiceField(widget=forms.RadioSelect, error_messages={"required": _("Choose your time zone.")})

    def __init__(self, *args, state: str, now: datetime, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["zone"]
        field.label = _("Which time zone will you be in?")
        field.help_text = _("%(state)s has two time zones.") % {"state": state_name(state)}
        field.choices = [(zone, self._label(zone, now)) for zone in zones_of(state)]

    @staticmethod
    def _label(zone: str, now: datetime) -> str:
        clock = format_clock(now, zone, abbreviation=False)
        return _("%(zone)s, now %(time)s") % {"zone": zone_name(zone), "time": clock}


class TimeForm(PortalForm):
    """One free time: the provider's public id and the start, as the page offered them."""

    slot = forms.CharField(max_length=60, error_messages={"required": _("Choose a time.")})

    def clean_slot(self) -> tuple[str, datetime]:
        try:
            return read_slot(self.cleaned_data["slot"])
        except ValueError:
            raise ValidationError(_("Choose one of the times listed.")) from None
