from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms.base import PortalForm
from scheduling.states import CancelReason


class CancelForm(PortalForm):
    """Why, in the patient's words for it."""

    reason = forms.ChoiceField(
        label=_("Why are you canceling?"),
        choices=[
            (CancelReason.CANNOT_ATTEND, _("I can't make it at this time")),
            (CancelReason.PATIENT_REQUEST, _("I don't need the visit any more")),
            (CancelReason.OTHER, _("Another reason")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason.")},
    )
