"""What the desk's forms share."""

from datetime import UTC, datetime

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _


class DeskForm(forms.Form):
    """A form whose tag, token and buttons stand in the template. Ids are prefixed: several may be on one page."""

    id_prefix = "f"

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("auto_id", f"{self.id_prefix}_%s")
        super().__init__(*args, **kwargs)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper


class SlotField(forms.CharField):
    """A chosen time as `<provider's public id>@<UTC instant>`; cleans to (provider id, aware datetime)."""

    default_error_messages = {"required": _("Choose a time."), "invalid": _("Choose a time from the list.")}

    def clean(self, value) -> tuple[str, datetime]:
        provider, _at, instant = super().clean(value).partition("@")
        try:
            starts_at = datetime.fromisoformat(instant)
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"]) from None
        if starts_at.tzinfo is None or not provider:
            raise forms.ValidationError(self.error_messages["invalid"])
        return provider, starts_at.astimezone(UTC)


def slot_value(provider_public_id: str, starts_at: datetime) -> str:
    """What SlotField reads."""
    return f"{provider_public_id}@{starts_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
