"""How the visit is paid."""

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from insurance.forms import CardForm
from insurance.models import Coverage, VisitPayment
from portal.forms.base import PortalForm


class PaymentForm(PortalForm):
    """`price` says in words what the visit costs whoever pays for it alone."""

    is_one_question = True
    payment = forms.ChoiceField(
        label=_("How will you pay for this visit?"),
        choices=[
            (VisitPayment.Method.COVERAGE, _("With my insurance")),
            (VisitPayment.Method.SELF_PAY, _("I pay myself")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how you will pay.")},
    )

    def __init__(self, *args, price: str, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["payment"]
        hints = {VisitPayment.Method.SELF_PAY: format_html('<span class="hint">{}</span>', price)}
        field.choices = [(value, format_html("{}{}", label, hints.get(value, ""))) for value, label in field.choices]


class InsuranceForm(CardForm, PortalForm):
    payer_name = forms.CharField(
        label=_("Insurance company"),
        help_text=_("As it stands on your card."),
        max_length=120,
        widget=forms.TextInput(attrs={"list": "payers", "autocomplete": "off"}),
        error_messages={"required": _("Enter the name of your insurance company.")},
    )
    member_id = forms.CharField(
        label=_("Member ID"),
        help_text=_("Letters and numbers on the front of your card."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "w-20ch"}),
        error_messages={"required": _("Enter your member ID.")},
    )
    group_number = forms.CharField(
        label=_("Group number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "w-20ch"}),
    )
    relationship = forms.ChoiceField(
        label=_("Whose name is the plan in?"),
        choices=[
            (Coverage.Relationship.SELF, _("My own name")),
            (Coverage.Relationship.SPOUSE, _("My husband's, wife's or partner's")),
            (Coverage.Relationship.CHILD, _("My parent's")),
            (Coverage.Relationship.OTHER, _("Somebody else's")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whose name the plan is in.")},
    )
    subscriber_name = forms.CharField(
        label=_("Name on the plan"), help_text=_("Only if it is not your own."), required=False, max_length=160
    )

    def clean(self) -> dict:
        cleaned = super().clean()
        relationship = cleaned.get("relationship")
        if relationship and relationship != Coverage.Relationship.SELF and not cleaned.get("subscriber_name"):
            self.add_error("subscriber_name", _("Enter the name of the person the plan belongs to."))
        return cleaned
