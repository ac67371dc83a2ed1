"""The forms of a visit's room."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.phone import is_domestic, to_e164
from coordination.forms.base import DeskForm
from coordination.states import FINISHES, HELD, WithoutInterpreter
from telehealth.states import Outcome, Role

LONGEST_DELAY = 120
INVITED = (Role.GUEST, Role.INTERPRETER)
QUICK_LINES = {
    "called_911": _("I called 911 and gave the place and the call-back number."),
    "called_contact": _("I called the emergency contact."),
    "call_lost": _("The connection to the patient was lost. I am calling the call-back number."),
    "help_there": _("Help has reached the patient."),
}


class LateForm(DeskForm):
    id_prefix = "late"
    minutes = forms.IntegerField(
        label=_("Minutes after the booked time"), min_value=0, max_value=LONGEST_DELAY,
        widget=forms.NumberInput(attrs={"class": "w-4ch"}),
        help_text=_("Everybody who waits sees it. 0 takes it back."),
    )  # fmt: skip


class FinishForm(DeskForm):
    """How the visit ended; what can't be true yet is not offered."""

    id_prefix = "finish"
    outcome = forms.ChoiceField(label=_("How did it end?"))

    def __init__(self, *args, was_seen: bool, has_begun: bool, **kwargs):
        """`was_seen`: somebody talked with the patient; `has_begun`: the booked time has come."""
        super().__init__(*args, **kwargs)
        offered = [
            outcome
            for outcome in FINISHES
            if (was_seen or outcome not in HELD) and (has_begun or outcome != Outcome.PATIENT_NO_SHOW)
        ]
        self.fields["outcome"].choices = [("", _("Choose")), *((each.value, each.label) for each in offered)]


class AdmitForm(DeskForm):
    """Why the patient is let in although the interpreter is not here."""

    id_prefix = "admit"
    reason = forms.ChoiceField(
        label=_("Why without the interpreter?"), choices=[("", _("Choose")), *WithoutInterpreter.choices]
    )


class InviteForm(DeskForm):
    id_prefix = "invite"
    role = forms.ChoiceField(label=_("Who?"), choices=[(role.value, role.label) for role in INVITED])
    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    mobile = forms.CharField(
        label=_("Text the link to"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        help_text=_("A mobile number. Without one you get the link to copy."),
    )  # fmt: skip

    def clean_mobile(self) -> str:
        typed = self.cleaned_data["mobile"]
        if not typed:
            return ""
        try:
            number = to_e164(typed)
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from None
        if not is_domestic(number):
            raise forms.ValidationError(_("Enter a number in the United States."))
        return number


class CallForm(DeskForm):
    """The telephone at which the member of staff wants to be called."""

    id_prefix = "call"
    number = forms.CharField(
        label=_("Your number"), max_length=40, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("We call you and the patient. Neither sees the other's number, only the clinic's."),
    )  # fmt: skip


class IncidentForm(DeskForm):
    """A line of the emergency's log: own words, or one of those that are said every time."""

    id_prefix = "incident"
    quick = forms.ChoiceField(required=False, choices=list(QUICK_LINES.items()), widget=forms.HiddenInput)
    body = forms.CharField(
        label=_("What happened, or what did you do?"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def clean(self) -> dict:
        cleaned = super().clean()
        if not cleaned.get("quick") and not cleaned.get("body", "").strip():
            self.add_error("body", _("Write what happened."))
        return cleaned

    def line(self) -> str:
        """The words of the line, once the form is valid."""
        return self.cleaned_data["body"].strip() or str(QUICK_LINES[self.cleaned_data["quick"]])
