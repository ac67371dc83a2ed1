"""Which clock the patient reads: asked only where a state has more than one."""

from common.us import zone_of_state

# The zones of the states that lie in two (tz database, northamerica); the larger part of the people first.
_ZONES_OF_STATE = {
    "AK": ("America/Anchorage", "America/Adak"),
    "AZ": ("America/Phoenix", "America/Denver"),
    "FL": ("America/New_York", "America/Chicago"),
    "ID": ("America/Boise", "America/Los_Angeles"),
    "IN": ("America/Indiana/Indianapolis", "America/Chicago"),
    "KS": ("America/Chicago", "America/Denver"),
    "KY": ("America/New_York", "America/Chicago"),
    "MI": ("America/Detroit", "America/Menominee"),
    "ND": ("America/Chicago", "America/Denver"),
    "NE": ("America/Chicago", "America/Denver"),
    "NV": ("America/Los_Angeles", "America/Denver"),
    "OR": ("America/Los_Angeles", "America/Boise"),
    "SD": ("America/Chicago", "America/Denver"),
    "TN": ("America/Chicago", "America/New_York"),
    "TX": ("America/Chicago", "America/Denver"),
}


def zones_of(state: str) -> tuple[str, ...]:
    """The zones of a state: one, or two to choose from; none for what is not a state."""
    only = zone_of_state(state)
    return (only,) if only else _ZONES_OF_STATE.get(state, ())
