"""What stands on an insurance card, asked of whom it may be."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from insurance.actions import normalised_member_id
from insurance.models import Coverage

CARD_FIELDS = ("payer_name", "member_id", "group_number", "relationship", "subscriber_name")


class CardForm(forms.Form):
    """The fields of a card in the words of staff; a patient's form gives them words of its own."""

    payer_name = forms.CharField(label=_("Insurer"), max_length=120)
    member_id = forms.CharField(label=_("Member ID"), max_length=40)
    group_number = forms.CharField(
        label=_("Group number"), required=False, max_length=40, help_text=_("If the card has one.")
    )
    relationship = forms.ChoiceField(label=_("The plan is in the name of"), choices=Coverage.Relationship.choices)
    subscriber_name = forms.CharField(
        label=_("Name on the plan"), required=False, max_length=160, help_text=_("If it is not the patient's.")
    )

    def clean_member_id(self) -> str:
        number = normalised_member_id(self.cleaned_data["member_id"])
        if number and len(number) < 3:
            raise ValidationError(_("Enter the member ID as it stands on the card, such as XYZ123456789."))
        return number
