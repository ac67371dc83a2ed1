"""Pure rules about people's names, numbers and addresses."""

import re
from dataclasses import dataclass, field
from datetime import date

from django.core.validators import validate_email

from common.crypto import blind_index
from common.phone import to_e164

EMAIL = "email"
_EMAIL_INDEX = "email"
_PHONE_INDEX = "phone"
_TAIL_INDEX = "phone-tail"
_TAIL_DIGITS = 4
_PHONE_DIGITS = 10
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_US_DATE = re.compile(r"\b(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})\b")
_TAIL = re.compile(r"(?<!\S)(?:\d{3}[\s.\-]?)?\d{4}(?!\S)")  # "0142", as pages show numbers, or "555-0142"
_PHONE = re.compile(r"\+?[\d(][\d\s().\-]{5,}\d")


def index_purpose(kind: str) -> str:
    """The blind index's purpose for a kind of contact point: mobiles and other phones share one."""
    return _EMAIL_INDEX if kind == EMAIL else _PHONE_INDEX


def indexes(kind: str, value: str) -> dict[str, str]:
    """The blind indexes of a normalised value: of the whole, and of a number's last four digits."""
    tail = "" if kind == EMAIL else tail_index(value)
    return {"value_index": blind_index(value, index_purpose(kind)), "tail_index": tail}


def tail_index(digits: str) -> str:
    """The blind index of the last four digits."""
    return blind_index(digits[-_TAIL_DIGITS:], _TAIL_INDEX)


def normalised(kind: str, value: str) -> str:
    """The stored form: an e-mail address in lower case, a telephone number as E.164.

    Raises ValueError or ValidationError, in words for the person who typed it.
    """
    if kind != EMAIL:
        return to_e164(value)
    address = value.strip().lower()
    validate_email(address)
    return address


def tidy(name: str) -> str:
    """A name without spaces around it and with single ones inside."""
    return re.sub(r"\s+", " ", name).strip()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody typed into the patient search, sorted into what it means."""

    words: tuple[str, ...] = ()
    birth_dates: tuple[date, ...] = field(default=())
    phone: str = ""  # E.164
    phone_end: str = ""  # the last four or seven digits

    def __bool__(self) -> bool:
        return bool(self.words or self.birth_dates or self.phone or self.phone_end)


def parse_search(text: str) -> Wanted:
    """Names, a birth date (month first, or ISO) and a phone number or its last digits, in any order and mix."""
    birth_dates, rest = _take_dates(text)
    phone, rest = _take_phone(rest)
    phone_end, rest = ("", rest) if phone else _take_phone_end(rest)
    words = tuple(word for word in re.split(r"[\s,;]+", rest) if word)
    return Wanted(words, birth_dates, phone, phone_end)


def _take_dates(text: str) -> tuple[tuple[date, ...], str]:
    if iso := _ISO_DATE.search(text):
        year, month, day = (int(part) for part in iso.groups())
        return _real(month, day, [year]), _without(text, iso)
    if american := _US_DATE.search(text):
        month, day, year = (int(part) for part in american.groups())
        short = len(american[3]) == 2
        return _real(month, day, [1900 + year, 2000 + year] if short else [year]), _without(text, american)
    return (), text


def _real(month: int, day: int, years: list[int]) -> tuple[date, ...]:
    dates = []
    for year in years:
        try:
            dates.append(date(year, month, day))
        except ValueError:
            continue
    return tuple(dates)


def _take_phone(text: str) -> tuple[str, str]:
    match = _PHONE.search(text)
    if not match or len(re.sub(r"\D", "", match[0])) < _PHONE_DIGITS:
        return "", text
    try:
        return to_e164(match[0]), _without(text, match)
    except ValueError:
        return "", text


def _take_phone_end(text: str) -> tuple[str, str]:
    match = _TAIL.search(text)
    return (re.sub(r"\D", "", match[0]), _without(text, match)) if match else ("", text)


def _without(text: str, match: re.Match) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"
