"""From a template and its values to the words that go out."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import smsutil

from messaging.states import Channel

VARIABLE = re.compile(r"{{\s*([A-Za-z_][\w.]*)\s*}}")
_PLAINER = str.maketrans("«»‘’“”–—\u00a0\u202f•", '""\'\'""--  -', "") | {ord("…"): "..."}


@dataclass(frozen=True, slots=True)
class Rendered:
    """Words ready to send. `segments` is 0 for an e-mail; `encoding` is GSM-7, UCS-2 or empty."""

    title: str
    text: str
    segments: int = 0
    encoding: str = ""


def fill(source: str, context: dict) -> str:
    """The text with each {{ variable }} replaced; KeyError when a value is missing."""
    return VARIABLE.sub(lambda match: str(context[match.group(1)]), source)


def plainer(text: str) -> str:
    """Letters outside GSM-7 written with their nearest relative inside it ("sí" becomes "si").

    One such letter would turn segments of 160 characters into segments of 70. What has no relative stays.
    """
    return "".join(_nearest(letter) for letter in text.translate(_PLAINER))


@lru_cache(maxsize=1024)  # a batch of reminders asks for the same few letters a hundred thousand times
def _nearest(letter: str) -> str:
    if smsutil.is_valid_gsm(letter):
        return letter
    bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    return bare if bare and smsutil.is_valid_gsm(bare) else letter


def measure(text: str) -> tuple[int, str]:
    """How many segments a text costs, and in which encoding."""
    return len(smsutil.split(text).parts), "GSM-7" if smsutil.is_valid_gsm(text) else "UCS-2"


def render(*, channel: str, title: str, body: str, context: dict) -> Rendered:
    """The words of one message; KeyError when the context lacks a variable."""
    text = fill(body, context).strip()
    if channel == Channel.EMAIL:
        return Rendered(fill(title, context).strip(), text)
    text = plainer(text)
    return Rendered("", text, *measure(text))
