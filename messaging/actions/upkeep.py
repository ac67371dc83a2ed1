"""Settling what was left lying, by beat or by hand."""

from datetime import datetime

from messaging import calls, rewording, sweeping
from messaging.actions.incoming import handle_left_over


def settle_left_over(now: datetime) -> None:
    """Every sweeper once, in the order in which one's findings are the next one's work."""
    sweeping.release_claimed(now)
    sweeping.doubt_sending(now)
    sweeping.settle_unknown(now)
    sweeping.expire(now)
    handle_left_over(now)
    rewording.reword_outdated(now)
    calls.settle(now)
