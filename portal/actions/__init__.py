"""What the patient's pages do. Each calls the apps below; nothing here writes by itself."""

from portal.actions.account import AccountRefused, open_account, send_email_code
from portal.actions.arrival import NotRecognized, TooManyTries, recognize
from portal.actions.booking import confirm_booking, hold_time, keep_holding, let_go
from portal.actions.identity import TooManyCodes, keep_coverage, prove_phone, put_on_record, send_code
from portal.actions.visits import send_fresh_link

__all__ = [
    "AccountRefused",
    "NotRecognized",
    "TooManyCodes",
    "TooManyTries",
    "confirm_booking",
    "hold_time",
    "keep_coverage",
    "keep_holding",
    "let_go",
    "open_account",
    "prove_phone",
    "put_on_record",
    "recognize",
    "send_code",
    "send_email_code",
    "send_fresh_link",
]
