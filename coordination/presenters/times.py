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


def time_options(slots: list[Slot], zone, *, first_chosen: bool) -> list[TimeOption]:
    """The free times in the clinic's zone, each with who would hold the visit.

    For a new visit the first one is what most callers take. A visit that has a time is moved to none but a chosen one.
    """
    return [
        TimeOption(
            value=slot_value(slot.provider_public_id, slot.starts_at),
            label=format_when(slot.starts_at, zone),
            hint=slot.provider_name,
            checked=first_chosen and index == 0,
        )
        for index, slot in enumerate(slots)
    ]
