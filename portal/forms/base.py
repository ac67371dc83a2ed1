from crispy_forms.helper import FormHelper
from django import forms


class PortalForm(forms.Form):
    """A form whose page draws the tag, the token, the error summary and the button."""

    use_required_attribute = False  # our own words beside the field, in the page's language, instead of the browser's

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.no_summary = True
