"""A booking that is being filled in: kept in the session on the server, sealed, until it is booked or a day old.

Its session is deleted by `accounts.periodic.forget_sessions`, at most two days after that.
"""

import json
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime, timedelta

from common import crypto
from common.ids import new_public_id
from portal.zones import zones_of

MAX_AGE = timedelta(days=1)
# Answers that no longer hold when the answer before them changes.
_TIME = ("provider", "asked_for", "starts_at", "hold", "hold_expires_at")
_DEPENDS_ON = {
    "visit_type": _TIME,
    "state": ("zone", *_TIME),
    "mobile": ("proven", "challenge", "patient", "coverage"),
    "patient": ("coverage",),  # one phone may book for two people, and a visit follows its insurance to the patient
    "payment": ("coverage",),
}


@dataclass
class Draft:
    """Every answer so far, as text. `key` makes the booking idempotent: one draft becomes one visit."""

    key: str = field(default_factory=new_public_id)
    touched_at: str = ""
    visit_type: str = ""
    reason: str = ""
    state: str = ""
    zone: str = ""
    provider: str = ""
    asked_for: str = ""
    starts_at: str = ""
    hold: str = ""
    hold_expires_at: str = ""
    first_name: str = ""
    last_name: str = ""
    birth_date: str = ""
    mobile: str = ""
    email: str = ""
    language: str = ""
    interpreter_language: str = ""
    texts: bool = False
    texts_wording: str = ""
    challenge: str = ""
    proven: str = ""
    patient: str = ""
    is_new_patient: bool = False
    payment: str = ""
    payer_name: str = ""
    member_id: str = ""
    group_number: str = ""
    relationship: str = ""
    subscriber_name: str = ""
    coverage: str = ""
    booked: str = ""

    def change(self, **answers) -> None:
        """Take answers; those that depended on a changed one are forgotten."""
        for name, value in answers.items():
            if getattr(self, name) != value:
                setattr(self, name, value)
                self._forget(_DEPENDS_ON.get(name, ()))

    @property
    def start(self) -> datetime | None:
        return datetime.fromisoformat(self.starts_at) if self.starts_at else None

    @property
    def asks_zone(self) -> bool:
        return len(zones_of(self.state)) > 1

    @property
    def held_until(self) -> datetime | None:
        return datetime.fromisoformat(self.hold_expires_at) if self.hold_expires_at else None

    @property
    def born(self) -> date | None:
        return date.fromisoformat(self.birth_date) if self.birth_date else None

    def choose_time(self, *, provider: str, starts_at: datetime, hold=None, asked_for: str = "") -> None:
        """A new time, with the hold that keeps it; `asked_for` is the provider if the patient wanted nobody else."""
        self.provider, self.starts_at, self.asked_for = provider, starts_at.isoformat(), asked_for
        self.hold = hold.public_id if hold else ""
        self.hold_expires_at = hold.expires_at.isoformat() if hold else ""

    def forget_time(self) -> None:
        self._forget(_TIME)

    def close(self, booked: str) -> None:
        """Booked: keep the visit's id, the key for a repeated click and the clock; forget everything personal."""
        kept = {"key", "zone", "language"}
        for each in fields(self):
            if each.name not in kept:
                setattr(self, each.name, each.default)
        self.booked = booked

    def _forget(self, names: tuple[str, ...]) -> None:
        for name in names:
            setattr(self, name, "")


def load(session, clinic, now: datetime) -> Draft:
    """The session's draft for this clinic; a fresh one when there is none, it is too old, or it can't be opened."""
    sealed = session.get(_slot(clinic))
    values = _opened(sealed, clinic) if sealed else {}
    if not values or now - datetime.fromisoformat(values["touched_at"]) > MAX_AGE:
        forget(session, clinic)
        return Draft()
    known = {each.name for each in fields(Draft)}
    return Draft(**{name: value for name, value in values.items() if name in known})


def store(session, clinic, draft: Draft, now: datetime) -> None:
    """Seal the draft into the session; it ends with the browser, and its row a day after it was last written."""
    draft.touched_at = now.isoformat()
    session[_slot(clinic)] = crypto.encrypt(json.dumps(asdict(draft)), _binding(clinic))
    if "_auth_user_id" not in session:
        session.set_expiry(0)


def forget(session, clinic) -> None:
    session.pop(_slot(clinic), None)


def _slot(clinic) -> str:
    return f"booking:{clinic.public_id}"


def _binding(clinic) -> str:
    return f"portal.draft|{clinic.public_id}"


def _opened(sealed: str, clinic) -> dict:
    try:
        return json.loads(crypto.decrypt(sealed, _binding(clinic)))
    except crypto.DecryptionError:
        return {}
