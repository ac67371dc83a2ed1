"""Messages as staff read them."""

import re
from dataclasses import replace

from messaging.selectors import Entry

_LINK_TOKEN = re.compile(r"(/m/)[A-Za-z0-9_-]{16,}")


def without_tokens(text: str) -> str:
    """A patient's personal link opens the patient's pages: staff see that there is one, not where it leads."""
    return _LINK_TOKEN.sub(r"\1…", text)


def shown(entries: list[Entry]) -> list[Entry]:
    """The same messages, fit for a colleague's screen."""
    return [replace(entry, text=without_tokens(entry.text)) for entry in entries]
