"""How the audit search turns a patient's name into public ids without knowing what a patient is.

The app that holds patients registers its search in `apps.py:ready()`:
`register_patient_lookup(lambda text, user: [...public ids that user may see...])`.
"""

from collections.abc import Callable

PatientLookup = Callable[[str, object], list[str]]
MAX_PATIENTS = 50

_lookups: list[PatientLookup] = []


def register_patient_lookup(lookup: PatientLookup) -> None:
    """Add a search; registering the same one twice changes nothing."""
    if lookup not in _lookups:
        _lookups.append(lookup)


def patients_named(text: str, user) -> list[str]:
    """Public ids of at most 50 patients whom `text` names and `user` may see."""
    return [public_id for lookup in _lookups for public_id in lookup(text, user)][:MAX_PATIENTS]
