"""A filter of the board, and the name it is kept under."""

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.forms.base import DeskForm
from coordination.models import Show


class ViewForm(DeskForm):
    """`providers` are the clinic's whom the user may see; none means all."""

    id_prefix = "view"
    show = forms.ChoiceField(label=_("Which visits"), choices=Show.choices)
    provider = forms.ModelMultipleChoiceField(
        label=_("Whose visits"), queryset=None, to_field_name="public_id", required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("None means everybody's."),
    )  # fmt: skip
    name = forms.CharField(label=_("Name of the view"), max_length=40)
    shared = forms.BooleanField(label=_("For the whole team"), required=False)

    def __init__(self, *args, providers, keeps: bool = True, **kwargs):
        """Only a view that is kept needs a name."""
        super().__init__(*args, **kwargs)
        self.fields["provider"].queryset = providers
        self.fields["name"].required = keeps

    @property
    def helper(self):
        helper = super().helper
        helper.no_optional = True
        return helper
