"""What a person may say about their own account."""

from allauth.account.forms import AddEmailForm, LoginForm, ResetPasswordForm
from django import forms
from django.conf import settings
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import User


def _ask_for_email(field: forms.Field) -> None:
    """The name and the words that the field has on every page."""
    field.label = _("E-mail address")
    field.error_messages["required"] = _("Enter your e-mail address.")
    invalid = _("Enter an e-mail address, such as name@example.com.")
    field.error_messages["invalid"] = invalid
    field.validators = [EmailValidator(message=invalid)]


class SignInForm(LoginForm):
    """What does not match is said beside the password, and not whether there is such an account."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _ask_for_email(self.fields["login"])
        self.fields["password"].error_messages["required"] = _("Enter your password.")

    def clean(self) -> dict:
        try:
            return super().clean()
        except ValidationError as error:
            self.add_error("password", error)
            return self.cleaned_data


class NewPasswordForm(ResetPasswordForm):
    """Where the link for a new password goes."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _ask_for_email(self.fields["email"])


class OtherEmailForm(AddEmailForm):
    """The address that takes the place of the one before, once it is proved."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _ask_for_email(self.fields["email"])


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
