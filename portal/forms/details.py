"""Who the patient is, and the proof of the phone."""

import re
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from common.birthdate import BirthDateField
from common.phone import is_domestic, to_e164
from patients.models import Patient
from patients.wording import TEXTS_CONSENT
from portal.forms.base import PortalForm

# Each in itself: whoever reads only one of them finds it on a page in the other.
OWN_NAMES = [
    (Patient.Language.ENGLISH, format_html('<span lang="en">{}</span>', "English")),
    (Patient.Language.SPANISH, format_html('<span lang="es">{}</span>', "Español")),
]


def _name(label, autocomplete: str, missing) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": autocomplete, "spellcheck": "false"}),
        error_messages={"required": missing},
    )


class DetailsForm(PortalForm):
    first_name = _name(_("Legal first name"), "given-name", _("Enter your first name."))
    last_name = _name(_("Legal last name"), "family-name", _("Enter your last name."))
    birth_date = BirthDateField(label=_("Date of birth"), help_text=_("For example, 3 27 1985"))
    mobile = forms.CharField(
        label=_("Mobile phone number"),
        help_text=_("We send a code to this number in the next step."),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "class": "w-20ch"}),
        error_messages={"required": _("Enter your mobile phone number.")},
    )
    texts = forms.BooleanField(label=TEXTS_CONSENT, required=False)
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("Needed if you do not want text messages."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"invalid": _("Enter an e-mail address, such as name@example.com.")},
    )
    language = forms.ChoiceField(
        label=_("Which language do you prefer for messages?"),
        choices=OWN_NAMES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a language.")},
    )
    interpreter_language = forms.CharField(
        label=_("Interpreter for"),
        help_text=_("Name a language, or sign language, if you need an interpreter. It is free of charge."),
        required=False,
        max_length=40,
    )

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["birth_date"].today = today

    def clean_mobile(self) -> str:
        try:
            number = to_e164(self.cleaned_data["mobile"])
        except ValueError as error:
            raise ValidationError(str(error)) from None
        if not is_domestic(number):
            raise ValidationError(_("Enter a US mobile number. If you have none, call us."))
        return number

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean(self) -> dict:
        cleaned = super().clean()
        if not cleaned.get("texts") and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("Enter an e-mail address, or agree to text messages, so that we can reach you."))
        return cleaned


class CodeForm(PortalForm):
    code = forms.CharField(
        label=_("Six-digit code"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "w-10ch"}),
        error_messages={"required": _("Enter the code from the text message.")},
    )

    def clean_code(self) -> str:
        digits = re.sub(r"\D", "", self.cleaned_data["code"])
        if len(digits) != 6:
            raise ValidationError(_("The code has six digits."))
        return digits
