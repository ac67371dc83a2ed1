"""The panels of a visit's drawer."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from common.ids import new_public_id
from coordination.actions import CoverageDetails
from coordination.forms.base import DeskForm, SlotField
from insurance.forms import CARD_FIELDS, CardForm
from messaging.defaults import BASE_VARIABLES
from messaging.lint import wording_faults
from messaging.rendering import VARIABLE
from scheduling.states import CancelReason

SELF_PAY = "self_pay"
NEW_COVERAGE = "new"


class MoveForm(DeskForm):
    id_prefix = "move"
    slot = SlotField()


class CancelForm(DeskForm):
    id_prefix = "cancel"
    reason = forms.ChoiceField(
        label=_("Why is it canceled?"), choices=[("", _("Choose a reason")), *CancelReason.choices]
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For colleagues. The patient does not see it."),
    )  # fmt: skip


class PaymentForm(CardForm, DeskForm):
    """How the visit is paid: a coverage on file, one that is typed in now, or the patient."""

    id_prefix = "payment"
    field_order = ["method"]
    method = forms.ChoiceField(label=_("How is this visit paid?"), widget=forms.RadioSelect)

    def __init__(self, *args, coverages=(), paid_by: str = "", **kwargs):
        """`paid_by` is what counts now: a coverage's public id, SELF_PAY, or empty."""
        kwargs.setdefault("initial", {"method": paid_by})
        super().__init__(*args, **kwargs)
        for name in CARD_FIELDS:
            self.fields[name].required = False
        self.coverages = {coverage.public_id: coverage for coverage in coverages}
        self.fields["method"].choices = [
            *((key, coverage.payer_name) for key, coverage in self.coverages.items()),
            (NEW_COVERAGE, _("Insurance that is not on file yet")),
            (SELF_PAY, _("The patient pays")),
        ]

    @property
    def helper(self):
        helper = super().helper
        helper.no_optional = True  # the card's fields are asked for as soon as that choice is made
        return helper

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("method") == NEW_COVERAGE:
            self._require("payer_name", _("Enter the insurer's name."))
            self._require("member_id", _("Enter the member ID as it is on the card."))
        else:
            self._forgive_card()
        return cleaned

    def _forgive_card(self) -> None:
        """What was begun and is not wanted after all stands in nobody's way."""
        for name in CARD_FIELDS:
            self.errors.pop(name, None)

    def details(self) -> CoverageDetails:
        """The card's details, once the form is valid and a new insurance was chosen."""
        given = {name: self.cleaned_data[name] for name in CARD_FIELDS if self.cleaned_data[name]}
        return CoverageDetails(**given)

    def _require(self, name: str, words) -> None:
        if not self.cleaned_data.get(name):
            self.add_error(name, words)


NO_VISIT = _("There is no visit to come: take out the words in braces.")


class MessageForm(DeskForm):
    """A colleague's own words. What looks like a birth date or tells what kind of care it is has to be meant.

    `key` is another one each time the form is shown: a double click sends it twice.
    """

    id_prefix = "message"
    body = forms.CharField(
        label=_("Text message"), max_length=480, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Texts are not private: no diagnosis, no medicine, no birth date."),
    )  # fmt: skip
    key = forms.CharField(max_length=40, required=False, initial=new_public_id, widget=forms.HiddenInput)
    sure = forms.BooleanField(label=_("Send it as it is"), required=False, widget=forms.HiddenInput)

    def clean_body(self) -> str:
        body = self.cleaned_data["body"]
        if unknown := [name for name in VARIABLE.findall(body) if name not in BASE_VARIABLES]:
            names = {"unknown": unknown[0], "known": ", ".join(sorted(BASE_VARIABLES))}
            raise forms.ValidationError(_("Nothing is called “%(unknown)s”. What fills itself in: %(known)s.") % names)
        return body

    def clean(self) -> dict:
        cleaned = super().clean()
        found = reveals(cleaned.get("body", ""))
        if found and not cleaned.get("sure"):
            self.fields["sure"].widget = forms.CheckboxInput()
            for words in found:
                self.add_error("body", words)
        return cleaned

    def words(self) -> dict[str, str]:
        """`body` and `key`, once the form is valid."""
        return {name: self.cleaned_data[name] for name in ("body", "key")}


_BIRTH_DATE = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d{2}\b")


def reveals(text: str) -> list[str]:
    """What of a patient the text would show on a locked screen, one sentence each."""
    found = wording_faults(text, allowed="")
    if _BIRTH_DATE.search(text):
        found.append(_("A date with its year may be a birth date."))
    return [str(words) for words in found]


class NoteForm(DeskForm):
    id_prefix = "note"
    body = forms.CharField(
        label=_("Note"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Colleagues see it on the patient's timeline. It can't be changed later."),
    )  # fmt: skip
