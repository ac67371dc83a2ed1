"""What is asked at the door of the waiting room, and what can be written there."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.birthdate import BirthDateField
from common.phone import is_domestic, to_e164
from common.us import STATES
from patients.wording import TELEHEALTH_CONSENT
from portal.forms.base import PortalForm

ON_RECORD, ANOTHER = "record", "another"


class IdentityForm(PortalForm):
    """The birth date, compared with the record by whoever binds the form."""

    birth_date = BirthDateField(label=_("Your date of birth"), help_text=_("So that nobody else joins in your place."))

    def not_recognized(self) -> None:
        self.add_error("birth_date", _("This is not the date of birth that we have for you. Check it and try again."))


class CheckInForm(IdentityForm):
    """`number` is the number on record (E.164) or empty; `consented` says that an earlier word stands."""

    state = forms.ChoiceField(
        label=_("Which state are you in right now?"),
        choices=[("", _("Choose a state")), *STATES],
        error_messages={"required": _("Choose the state where you are right now.")},
    )
    city = forms.CharField(
        label=_("City"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
        error_messages={"required": _("Enter the city where you are right now.")},
    )
    address = forms.CharField(
        label=_("Street and number"),
        help_text=_("So that we can send help in an emergency."),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        error_messages={"required": _("Enter the street and number where you are right now.")},
    )
    callback = forms.ChoiceField(
        label=_("If we lose the connection, call"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the number to call.")},
    )
    callback_number = forms.CharField(
        label=_("Phone number"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "class": "w-20ch"}),
        error_messages={"required": _("Enter the phone number where we can call you.")},
    )
    telehealth = forms.BooleanField(
        label=TELEHEALTH_CONSENT,
        error_messages={"required": _("Agree to be seen at a distance, or call us for a visit in person.")},
    )

    def __init__(self, *args, number: str = "", consented: bool = False, today=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.number = number
        self.fields["birth_date"].today = today
        if consented:
            del self.fields["telehealth"]
        if number:
            ending = _("The number ending in %(digits)s") % {"digits": number[-2:]}
            self.fields["callback"].choices = [(ON_RECORD, ending), (ANOTHER, _("Another number"))]
        else:
            del self.fields["callback"]
        chosen = self.data.get(self.add_prefix("callback"))
        self.fields["callback_number"].required = not number or not self.is_bound or chosen == ANOTHER

    def clean(self) -> dict:
        cleaned = super().clean()
        if self.number and cleaned.get("callback") == ON_RECORD:
            cleaned["callback_number"] = self.number
        return cleaned

    def clean_callback_number(self) -> str:
        text = self.cleaned_data["callback_number"]
        return _dialable(text) if self.fields["callback_number"].required else text


def _dialable(text: str) -> str:
    """The number as E.164. ValidationError where we could not call it."""
    try:
        number = to_e164(text)
    except ValueError as error:
        raise ValidationError(str(error)) from None
    if not is_domestic(number):
        raise ValidationError(_("Enter a US phone number."))
    return number


class DeskMessageForm(PortalForm):
    """A few words for the front desk."""

    id_prefix = "desk"
    words = forms.CharField(
        label=_("Your message"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write your message first.")},
    )
