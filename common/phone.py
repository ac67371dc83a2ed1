"""Telephone numbers: one written form inside (E.164), one masked form outside."""

import phonenumbers
from django.utils.translation import gettext as _

DEFAULT_REGION = "US"


def to_e164(text: str) -> str:
    """`(202) 555-0142` -> `+12025550142`.

    Raises ValueError, in words for the person who typed it, when it cannot be a telephone number. Numbers that are
    possible but not assigned pass (555-01xx is kept for fiction).
    """
    try:
        number = phonenumbers.parse(text or "", DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        raise ValueError(_("Enter a telephone number, such as (202) 555-0142.")) from None
    whole = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    if not whole or number.extension:
        raise ValueError(_("Enter a telephone number with its area code and no extension."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mask(e164: str) -> str:
    """`+12025550142` -> `•••• 0142`; empty stays empty."""
    return f"•••• {e164[-4:]}" if e164 else ""


def display(e164: str) -> str:
    """`+12025550142` -> `(202) 555-0142`; foreign numbers keep their country code."""
    try:
        number = phonenumbers.parse(e164, DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return e164
    home = number.country_code == phonenumbers.country_code_for_region(DEFAULT_REGION)
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)
