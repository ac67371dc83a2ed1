"""Booking for a patient on the phone."""

from datetime import date
from operator import attrgetter

from django import forms
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic, Provider
from common.us import STATES
from coordination.forms.base import DeskForm, SlotField
from coordination.forms.times import DayField, DayPartField
from patients.models import Patient
from scheduling.models import VisitType


class TimesForm(DeskForm):
    """Which times are asked for. Sent with GET: it holds nothing about the patient but the state."""

    id_prefix = "times"
    visit_type = forms.ModelChoiceField(
        label=_("Visit"), queryset=VisitType.objects.none(), to_field_name="public_id", empty_label=None
    )
    state = forms.ChoiceField(label=_("Patient will be in"), choices=STATES)
    provider = forms.ModelChoiceField(
        label=_("Provider"), queryset=Provider.objects.none(), to_field_name="public_id", required=False,
        empty_label=_("Any licensed provider"),
    )  # fmt: skip
    day = DayField()
    part = DayPartField()

    def __init__(self, data, *, clinic: Clinic, patient: Patient, today: date):
        types = VisitType.objects.filter(clinic=clinic).active().order_by("name")
        first = getattr(types.first(), "public_id", "")
        usual = {"visit_type": first, "state": patient.state, "day": today.isoformat()}
        given = {name: data.get(name) or usual.get(name, "") for name in self.base_fields}
        super().__init__(given)
        self.fields["visit_type"].queryset = types.select_related("clinic")
        self.fields["visit_type"].label_from_instance = attrgetter("shown_name")
        self.fields["provider"].queryset = Provider.objects.active().filter(clinics=clinic).order_by("name")

    @property
    def helper(self):
        helper = super().helper
        helper.no_optional = True
        return helper


class BookForm(DeskForm):
    """The chosen time; what was asked for comes along in a TimesForm."""

    id_prefix = "book"
    slot = SlotField()
    reason = forms.CharField(label=_("Reason for the visit"), required=False, max_length=500, widget=forms.TextInput)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
