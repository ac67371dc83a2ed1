"""Free times as choices of a form."""

from dataclasses import dataclass

from common.timefmt import format_when
from scheduling.slot_values import slot_value
from scheduling.slots import Slot


@dataclass(frozen=True, slots=True)
class TimeOption:
    """As components/slots.html prints it."""

    value: str
    label: str
    hint: str
    checked: bool = False


def time_options(slots: list[Slot], zone) -> list[TimeOption]:
    """The free times in the clinic's zone, each with who would hold the visit. The first is chosen already."""
    return [
        TimeOption(
            value=slot_value(slot.provider_public_id, slot.starts_at),
            label=format_when(slot.starts_at, zone),
            hint=slot.provider_name,
            checked=index == 0,
        )
        for index, slot in enumerate(slots)
    ]
