"""The use cases that span apps, and the only doors to them: portal, desk, admin and texts all call these.

Each is one transaction over scheduling, insurance, patients, messaging and the worklist.
"""

from coordination.actions.arrival import Whereabouts, check_in, standing_consent
from coordination.actions.asking import ask_to_confirm
from coordination.actions.booking import PaymentChoice, book_visit, cancel_visit, reschedule_visit
from coordination.actions.emergency import log_incident
from coordination.actions.messages import NoVisitToName, Redelivery, merge_values, reply, send_again, send_otherwise
from coordination.actions.payment import CoverageDetails, pay_by_coverage, pay_by_patient
from coordination.actions.people import change_patient, enter_patient, keep_contact
from coordination.actions.progress import (
    arrange_interpreter,
    arrive_visit,
    complete_visit,
    confirm_visit,
    no_show_visit,
    reopen_visit,
    start_visit,
    unconfirm_visit,
)
from coordination.actions.records import merge_patients, undo_merge
from coordination.actions.room import admit, finish, hold, say_late, set_urgent, text_link, to_phone
from coordination.actions.room_people import invite_guest, invite_interpreter, remove_participant, seat_of
from coordination.actions.room_phone import call_both, end_call
from coordination.actions.saved_views import remove_view, save_view

__all__ = [
    "CoverageDetails",
    "NoVisitToName",
    "PaymentChoice",
    "Redelivery",
    "Whereabouts",
    "admit",
    "arrange_interpreter",
    "arrive_visit",
    "ask_to_confirm",
    "book_visit",
    "call_both",
    "cancel_visit",
    "change_patient",
    "check_in",
    "complete_visit",
    "confirm_visit",
    "end_call",
    "enter_patient",
    "finish",
    "hold",
    "invite_guest",
    "invite_interpreter",
    "keep_contact",
    "log_incident",
    "merge_patients",
    "merge_values",
    "no_show_visit",
    "pay_by_coverage",
    "pay_by_patient",
    "remove_participant",
    "remove_view",
    "reopen_visit",
    "reply",
    "reschedule_visit",
    "save_view",
    "say_late",
    "seat_of",
    "send_again",
    "send_otherwise",
    "set_urgent",
    "standing_consent",
    "start_visit",
    "text_link",
    "to_phone",
    "unconfirm_visit",
    "undo_merge",
]
