"""One form with every kind of field."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from common.birthdate import BirthDateField

CHANNELS = [("sms", _("Text message")), ("email", _("E-mail")), ("voice", _("Phone call"))]


class EveryField(forms.Form):
    name = forms.CharField(label=_("Name to use"), help_text=_("How you would like us to speak to you."))
    born = BirthDateField(label=_("Date of birth"), help_text=_("For example, 3 / 27 / 1985"))
    phone = forms.CharField(
        label=_("Mobile phone"),
        required=False,
        widget=forms.TextInput(attrs={"class": "w-10ch", "autocomplete": "tel"}),
    )
    state = forms.ChoiceField(
        label=_("State you will be in during the visit"),
        choices=[("", _("Choose a state")), ("OH", "Ohio"), ("PA", "Pennsylvania")],
        widget=forms.Select(attrs={"class": "w-20ch"}),
    )
    channel = forms.ChoiceField(
        label=_("How may we reach you?"),
        choices=CHANNELS,
        widget=forms.RadioSelect,
        help_text=_("You can change it later."),
    )
    needs = forms.MultipleChoiceField(
        label=_("Help you need"),
        required=False,
        choices=[("interpreter", _("An interpreter")), ("captions", _("Captions"))],
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label=_("Anything else?"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    card = forms.FileField(label=_("Photo of your insurance card"), required=False)
    agree = forms.BooleanField(
        label=_("I agree to be treated by video"), help_text=_("You may change your mind at any time.")
    )

    def __init__(self, *args, no_summary: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.disable_csrf = True
        self.helper.form_tag = False
        self.helper.no_summary = no_summary


class SignIn(forms.Form):
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    remember = forms.BooleanField(label=_("Remember me on this computer"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.disable_csrf = True
        self.helper.no_optional = True
        self.helper.add_input(Submit("send", _("Sign in")))
