"""Something that was said about a message."""

from dataclasses import dataclass
from typing import Literal

Source = Literal["ours", "answer", "callback", "reconcile", "sweep"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A status, the carrier's code for it if it named one, and who said so."""

    status: str
    code: str = ""
    source: Source = "ours"
