from crispy_forms.helper import FormHelper

from common.forms import PageForm


class PortalForm(PageForm):
    """A patient's form. A page with `is_one_question` has the field's label as its heading."""

    is_one_question = False
    use_required_attribute = False  # our own words beside the field, in the page's language, instead of the browser's

    @property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.no_summary = True
        if self.is_one_question:
            helper.label_class = "visually-hidden"  # the page's heading says it already
        return helper

    @property
    def question(self) -> str:
        """The label of the only field: the page's heading."""
        return next(iter(self.fields.values())).label
