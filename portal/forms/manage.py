from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms.base import PortalForm
from scheduling.states import CancelReason


class CardForm(PortalForm):
    """One picture or PDF; `documents` says what it takes."""

    photo = forms.FileField(
        label=_("Photo of your card"),
        help_text=_("Lay the card flat, in good light. A picture or a PDF, at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf"}),
        error_messages={
            "required": _("Choose a photo of your card."),
            "empty": _("The file is empty. Choose another."),
        },
    )


class CancelForm(PortalForm):
    """Why, in the patient's words for it, if they want to say."""

    reason = forms.ChoiceField(
        label=_("Why are you canceling?"),
        choices=[
            (CancelReason.CANNOT_ATTEND, _("I can't make it at this time")),
            (CancelReason.PATIENT_REQUEST, _("I don't need the visit any more")),
            (CancelReason.OTHER, _("Another reason")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
