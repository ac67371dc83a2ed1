from crispy_forms.helper import FormHelper
from django import forms


class PortalForm(forms.Form):
    """A form whose page draws the tag, the token, the error summary and the button."""

    is_one_question = False
    use_required_attribute = False  # our own words beside the field, in the page's language, instead of the browser's

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.no_summary = True
        if self.is_one_question:
            self.helper.label_class = "visually-hidden"  # the page's heading says it already

    @property
    def question(self) -> str:
        """The label of the only field: the page's heading."""
        return next(iter(self.fields.values())).label
