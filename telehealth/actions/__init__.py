"""Every write of a visit session that other apps may ask for."""

from telehealth.actions.quality import record_window, settled_level, tip_for
from telehealth.actions.seats import invite, seat, staff_seat, unseat
from telehealth.actions.sessions import cancel_session, move, session_of

__all__ = [
    "cancel_session",
    "invite",
    "move",
    "record_window",
    "seat",
    "session_of",
    "settled_level",
    "staff_seat",
    "tip_for",
    "unseat",
]
