"""What a carrier of calls does. Each vendor is one file; a test holds their signatures together."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Dialed:
    """The carrier is calling; `sid` is its name for the call. `rings` where that is known at once."""

    sid: str
    rings: bool = False


@dataclass(frozen=True, slots=True)
class NotDialed:
    """The carrier does not call, or nobody can say whether it does. A call is never tried twice by itself."""

    code: str


class VoiceGateway(Protocol):
    name: str

    def dial(self, leg) -> Dialed | NotDialed:
        """Call the leg's number from the clinic's and put who answers into the bridge's conference. Never raises for
        what a carrier or a network does."""

    def hang_up(self, leg) -> None:
        """End the call, if it still is one. Never raises for what a carrier or a network does."""
