"""What may be done to a patient's record: one verb, one function, one transaction, one audit row."""

from patients.actions.consent import Agreement, record_consent
from patients.actions.contact import mark_contact_point, set_contact_point
from patients.actions.merge import merge, undo_merge
from patients.actions.notes import write_note
from patients.actions.people import create_patient, find_or_create_patient, link_user, register_at, update_patient
from patients.actions.proxies import add_proxy, end_proxy

__all__ = [
    "Agreement",
    "add_proxy",
    "create_patient",
    "end_proxy",
    "find_or_create_patient",
    "link_user",
    "mark_contact_point",
    "merge",
    "record_consent",
    "register_at",
    "set_contact_point",
    "undo_merge",
    "update_patient",
    "write_note",
]
