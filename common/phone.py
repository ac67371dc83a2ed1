"""Telephone numbers: one written form inside (E.164), one masked form outside."""

import phonenumbers
from django.utils.translation import gettext as _

DEFAULT_REGION = "US"
_AT_HOME = frozenset({"US", "PR", "VI", "GU", "AS", "MP", None})  # None: not assigned to anybody
_DEAR = frozenset({phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST})


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


def is_domestic(e164: str) -> bool:
    """Whether a text to the number stays in the United States and its territories, at an ordinary price.

    Elsewhere a text costs up to a hundred times as much, and some numbers pay whoever has texts sent to them.
    """
    number = phonenumbers.parse(e164, DEFAULT_REGION)
    home = number.country_code == phonenumbers.country_code_for_region(DEFAULT_REGION)
    in_region = phonenumbers.region_code_for_number(number) in _AT_HOME
    return home and in_region and phonenumbers.number_type(number) not in _DEAR


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
