"""A sign-in for patients who want one."""

from datetime import date

from allauth.account.forms import ConfirmEmailVerificationCodeForm
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.birthdate import BirthDateField
from portal.forms.base import PortalForm


class AccountForm(PortalForm):
    """The birth date shows that the person behind the link is the patient."""

    birth_date = BirthDateField(label=_("Your date of birth"), help_text=_("So that we know it is you."))
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter your e-mail address."),
            "invalid": _("Enter an e-mail address, such as name@example.com."),
        },
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 12 characters. A few words in a row are good."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Choose a password.")},
    )

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["birth_date"].today = today

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        try:
            password_validation.validate_password(password)
        except ValidationError as error:
            raise ValidationError(error.messages) from None
        return password


class EmailCodeForm(ConfirmEmailVerificationCodeForm):
    """The code that proves an e-mail address."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = _("Six-digit code")
        field.error_messages["required"] = _("Enter the code from the e-mail.")
        field.widget.attrs = {"inputmode": "numeric", "autocomplete": "one-time-code", "class": "w-10ch"}

    def clean_code(self) -> str:
        code = super().clean_code()  # first: a page without an account behind it says the same of a wrong code
        if self.user is None:
            raise ValidationError(_("This code is no longer good: the account was opened anew since."))
        return code
