"""What all forms of our pages share."""

from crispy_forms.helper import FormHelper
from django import forms


class PageForm(forms.Form):
    """A form whose page draws the tag, the token, the error summary and the buttons.

    Ids begin with `id_prefix`: several forms may be on one page.
    """

    id_prefix = "id"

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("auto_id", f"{self.id_prefix}_%s")
        super().__init__(*args, **kwargs)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper
