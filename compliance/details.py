"""What an audit row's detail may hold: codes, counts, ids, times. Names and numbers of people stay out."""

import json
import re
from datetime import date, datetime

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CODE = re.compile(r"[A-Za-z0-9_.:/+\-]{0,80}")
_LOOKS_LIKE_A_NUMBER_OF_A_PERSON = re.compile(r"\+?[\d.\-]{7,}")
MAX_ITEMS = 600


def checked_detail(detail: dict | None) -> str:
    """The detail as JSON text. ValueError (without the value) when something in it is not a code, count, id or time."""
    return json.dumps({_key(key): _value(key, value) for key, value in (detail or {}).items()})


def _key(key) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError("A key of an audit detail is a short lower_case name.")
    return key


def _value(key, value):
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_value(key, item) for item in list(value)[:MAX_ITEMS]]
    text = str(value) if isinstance(value, str) else None
    if text is None or not _CODE.fullmatch(text) or _LOOKS_LIKE_A_NUMBER_OF_A_PERSON.fullmatch(text):
        raise ValueError(f"The audit detail '{key}' must be a code, a count, an id or a time.")
    return text
