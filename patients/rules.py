"""Pure rules about people's names, numbers and addresses."""

import re

from django.core.validators import validate_email

from common.phone import to_e164

EMAIL = "email"
_EMAIL_INDEX = "email"
_PHONE_INDEX = "phone"


def index_purpose(kind: str) -> str:
    """The blind index's purpose for a kind of contact point: mobiles and other phones share one."""
    return _EMAIL_INDEX if kind == EMAIL else _PHONE_INDEX


def normalised(kind: str, value: str) -> str:
    """The stored form: an e-mail address in lower case, a telephone number as E.164.

    Raises ValueError or ValidationError, in words for the person who typed it.
    """
    if kind != EMAIL:
        return to_e164(value)
    address = value.strip().lower()
    validate_email(address)
    return address


def name_key(name: str) -> str:
    """What two spellings of one name share: no case, no spaces around, single ones within."""
    return re.sub(r"\s+", " ", name).strip().casefold()
