"""Parts of the sign-in and account pages. Load with {% load account_pages %}."""

from crispy_forms.helper import FormHelper
from django import template
from django.conf import settings

from accounts.sessions import ABSOLUTE, IDLE

register = template.Library()


@register.inclusion_tag("account/form.html", takes_context=True)
def account_form(
    context, form, button: str, action: str = "", *, name: str = "", cancel_url: str = "", danger: bool = False
) -> dict:
    """A whole form: fields with their labels (allauth's placeholders repeat them), the way back, one button."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
    form.helper = FormHelper()
    form.helper.form_tag = False
    form.helper.disable_csrf = True
    form.helper.no_optional = True
    return {
        "form": form,
        "button": button,
        "action": action,
        "name": name,
        "cancel_url": cancel_url,
        "danger": danger,
        "redirect_field": context.get("redirect_field", ""),
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag(takes_context=True)
def why_signed_out(context) -> str:
    """IDLE or ABSOLUTE when a time-out has just led here, else empty: an address may say anything."""
    ended = context["request"].GET.get("ended", "")
    return ended if ended in {IDLE, ABSOLUTE} else ""


@register.simple_tag
def idle_minutes() -> int:
    return settings.SESSION_IDLE_SECONDS // 60


@register.simple_tag
def second_factor_required() -> bool:
    return settings.MFA_REQUIRED
