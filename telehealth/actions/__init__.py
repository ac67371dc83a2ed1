"""Every write of a visit session that other apps may ask for."""

from telehealth.actions.seats import invite, seat, staff_seat, unseat
from telehealth.actions.sessions import cancel_session, move, session_of

__all__ = ["cancel_session", "invite", "move", "seat", "session_of", "staff_seat", "unseat"]
