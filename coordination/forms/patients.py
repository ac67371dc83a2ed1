"""A patient's record as staff type it."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.birthdate import BirthDateField
from common.us import STATES
from coordination.forms.base import DeskForm
from insurance.forms import CardForm
from patients.models import ConsentRecord, ContactPoint, Patient, Proxy
from patients.rules import normalised


def _names(max_length: int = 80, **given) -> forms.CharField:
    return forms.CharField(max_length=max_length, widget=forms.TextInput(attrs={"autocomplete": "off"}), **given)


def _contact(kind: str, value: str) -> str:
    """The number or address in its one written form; its refusal as the field's error."""
    try:
        return normalised(kind, value) if value else ""
    except ValueError as problem:
        raise ValidationError(str(problem)) from None


class PatientForm(DeskForm):
    """Who the patient is. `sex` and what follows may stay as it is."""

    id_prefix = "patient"
    first_name = _names(label=_("Legal first name"))
    last_name = _names(label=_("Legal last name"))
    name_to_use = _names(label=_("Name to use"), required=False)
    pronouns = _names(label=_("Pronouns"), required=False, max_length=40)
    birth_date = BirthDateField(label=_("Date of birth"))
    sex = forms.ChoiceField(label=_("Sex"), choices=Patient.Sex.choices, initial=Patient.Sex.UNKNOWN)
    state = forms.ChoiceField(label=_("State of residence"), choices=[("", _("Choose a state")), *STATES])
    language = forms.ChoiceField(label=_("Language"), choices=Patient.Language.choices)
    interpreter_language = _names(
        label=_("Interpreter needed for"), required=False, max_length=40,
        help_text=_("Leave empty if no interpreter is needed."),
    )  # fmt: skip

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["birth_date"].today = today


class NewPatientForm(PatientForm):
    """With the first contacts. `despite_duplicates` is asked for when somebody of that name is on record."""

    field_order = ("first_name", "last_name", "birth_date", "mobile", "email", "state", "language")
    id_prefix = "new"
    mobile = forms.CharField(
        label=_("Mobile"), required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "class": "w-20ch"}),
    )  # fmt: skip
    email = forms.EmailField(label=_("E-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    texts_agreed = forms.BooleanField(
        label=_("The patient agrees to text messages about visits"), required=False,
        help_text=_("Read it out: message and data rates may apply, and STOP ends it at any time."),
    )  # fmt: skip

    def clean_mobile(self) -> str:
        return _contact(ContactPoint.Kind.MOBILE, self.cleaned_data["mobile"])

    def person(self) -> dict:
        """What patients.actions.create_patient takes."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "texts_agreed"}
        return given | {"mobile": given["mobile"] or None, "email": given["email"] or None}


class QuickPatientForm(NewPatientForm):
    """The fewest answers with which somebody on the phone can be booked."""

    name_to_use = pronouns = sex = None


class EmergencyForm(DeskForm):
    id_prefix = "emergency"
    emergency_name = _names(label=_("Emergency contact"), required=False, max_length=120)
    emergency_relationship = _names(label=_("Relationship"), required=False, max_length=40)
    emergency_phone = forms.CharField(
        label=_("Phone"), required=False, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})
    )

    def clean_emergency_phone(self) -> str:
        return _contact(ContactPoint.Kind.PHONE, self.cleaned_data["emergency_phone"])


class ContactForm(DeskForm):
    id_prefix = "contact"
    kind = forms.ChoiceField(label=_("Kind"), choices=ContactPoint.Kind.choices)
    value = forms.CharField(
        label=_("Number or address"), max_length=254, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    is_primary = forms.BooleanField(label=_("Preferred"), required=False, initial=True)

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("kind") and cleaned.get("value"):
            try:
                _contact(cleaned["kind"], cleaned["value"])
            except ValidationError as problem:
                self.add_error("value", problem)
        return cleaned


class ConsentForm(DeskForm):
    """What the patient told staff. A yes to texts goes with the words that were read out."""

    id_prefix = "consent"
    topic = forms.ChoiceField(label=_("About"), choices=ConsentRecord.Topic.choices)
    granted = forms.TypedChoiceField(
        label=_("The patient"), choices=[("yes", _("agrees")), ("no", _("does not agree any more"))],
        coerce=lambda answer: answer == "yes", widget=forms.RadioSelect,
    )  # fmt: skip


class ProxyForm(DeskForm):
    id_prefix = "proxy"
    name = _names(label=_("Name"), max_length=120)
    relationship = _names(label=_("Relationship"), max_length=40)
    basis = forms.ChoiceField(label=_("On what basis"), choices=Proxy.Basis.choices)
    rights = forms.MultipleChoiceField(
        label=_("What they may do"), choices=Proxy.Right.choices, widget=forms.CheckboxSelectMultiple
    )
    phone = forms.CharField(label=_("Phone"), required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    starts_on = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date", "class": "w-10ch"}))
    ends_on = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date", "class": "w-10ch"}),
        help_text=_("The first day without the right. Empty: until further notice."),
    )  # fmt: skip

    def clean_phone(self) -> str:
        return _contact(ContactPoint.Kind.PHONE, self.cleaned_data["phone"])

    def clean(self) -> dict:
        cleaned = super().clean()
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends <= starts:
            self.add_error("ends_on", _("The end comes after the beginning."))
        return cleaned


class CoverageForm(CardForm, DeskForm):
    id_prefix = "coverage"


class SearchForm(DeskForm):
    id_prefix = "search"
    text = forms.CharField(label=_("Name, birth date or phone"), max_length=120, required=False)
