"""What a person may say about their own account."""

from django import forms
from django.conf import settings
from django.contrib.auth.forms import SetPasswordForm
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class InvitationForm(SetPasswordForm):
    """The invited user's first password, typed twice."""

    field_order = ["new_password1", "new_password2"]


class PreferencesForm(forms.ModelForm):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)

    class Meta:
        model = User
        fields = ["name", "density", "shortcuts_enabled"]
        labels = {"name": _("Your name"), "density": _("How close the rows stand")}
        help_texts = {
            "name": _("Colleagues and the audit trail see it."),
            "shortcuts_enabled": _("On the desk, press ? to see them."),
        }
        widgets = {"density": forms.RadioSelect}
