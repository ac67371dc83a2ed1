"""Who else may come into a visit's room: guests, interpreters, colleagues."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from messaging.actions import queue
from messaging.states import Purpose
from scheduling.models import Appointment
from telehealth.actions import invite, session_of, staff_seat, unseat
from telehealth.errors import RoomClosed
from telehealth.models import Participant
from telehealth.states import OVER, Role

# The page behind it stands in the portal, above this app: its address is an agreement that a test holds.
INVITE_PATH = "/v/{token}/"
INVITE_TEMPLATE = "visit_invite"


def invite_guest(*, appointment: Appointment, name: str, by: User, now: datetime, mobile: str = "") -> str:
    """A seat for somebody whom the patient wants along; see `_invite`."""
    return _invite(appointment, Role.GUEST, name=name, by=by, now=now, mobile=mobile)


def invite_interpreter(
    *, appointment: Appointment, name: str, by: User, now: datetime, language: str = "", mobile: str = ""
) -> str:
    """A seat for the interpreter; see `_invite`."""
    spoken = language or appointment.interpreter_language
    return _invite(appointment, Role.INTERPRETER, name=name, by=by, now=now, mobile=mobile, language=spoken)


@transaction.atomic
def remove_participant(*, participant: Participant, by: User, now: datetime) -> None:
    """Ask a guest or an interpreter out for good. Patients and staff keep their seats: ValueError."""
    if participant.role not in (Role.GUEST, Role.INTERPRETER):
        raise ValueError("Only guests and interpreters are asked out.")
    if participant.removed_at is None:
        unseat(participant=participant, by=by, now=now)


def seat_of(*, appointment: Appointment, user: User) -> Participant:
    """The user's own seat in the room: the provider's for whom the visit is booked, else a coordinator's."""
    role = Role.PROVIDER if appointment.provider.user_id == user.pk else Role.COORDINATOR
    return staff_seat(session=session_of(appointment), user=user, role=role)


@transaction.atomic
def _invite(
    appointment: Appointment, role: Role, *, name: str, by: User, now: datetime, mobile: str, language: str = ""
) -> str:
    """The address of the new seat's own link, which can't be read again later; with a `mobile` (E.164) it is texted.

    Raises RoomClosed when the visit is over.
    """
    session = session_of(appointment)
    if session.state in OVER:
        raise RoomClosed
    participant, token = invite(session=session, role=role, name=name, by=by, now=now, language=language)
    link = settings.PUBLIC_BASE_URL + INVITE_PATH.format(token=token)
    if mobile:
        queue(
            clinic=appointment.clinic,
            template_key=INVITE_TEMPLATE,
            context={"link": link},
            dedupe_key=f"{INVITE_TEMPLATE}:{participant.public_id}",
            purpose=Purpose.STAFF,  # somebody at the clinic sends it to somebody who waits for it
            to=mobile,
            language="es" if role == Role.GUEST and appointment.patient.language == "es" else "en",
            subject=appointment.subject,
            subject_version=appointment.version,
            urgent=True,
            expires_at=appointment.ends_at + timedelta(hours=2),
            now=now,
        )
    return link
