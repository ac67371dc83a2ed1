"""How a person wants the desk to look and feel."""

from django import forms

from accounts.models import User


class PreferencesForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["density", "shortcuts_enabled"]
        widgets = {"density": forms.RadioSelect}


class DensityForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["density"]
