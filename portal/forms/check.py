"""What is agreed to with the booking itself."""

from django import forms
from django.utils.translation import gettext_lazy as _

from patients.wording import TELEHEALTH_CONSENT
from portal.forms.base import PortalForm


class CheckForm(PortalForm):
    telehealth = forms.BooleanField(
        label=TELEHEALTH_CONSENT,
        error_messages={"required": _("Agree to be seen at a distance, or call us for a visit in person.")},
    )
