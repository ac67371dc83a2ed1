"""Who sits where: a seat belongs to the browser that knows its secret, and the newest browser wins."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from compliance import audit
from telehealth import live
from telehealth.models import Invite, Participant, VisitSession
from telehealth.seating import hash_of
from telehealth.states import Role

TOKEN_BYTES = 24


@transaction.atomic
def seat(
    *, session: VisitSession, role: Role, now: datetime, participant: Participant | None = None
) -> tuple[Participant, str]:
    """Give the seat to this browser and return it with the secret for its cookie; an older browser loses it.

    Without a `participant` the session's patient sits down. The secret can't be read again later.
    """
    found = participant or Participant.objects.get_or_create(session=session, role=role)[0]
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    Participant.objects.filter(pk=found.pk).update(seat_hash=hash_of(secret), seated_at=now)
    found.refresh_from_db()
    transaction.on_commit(
        lambda: live.tell(session.public_id, {"type": "room.seat", "pid": found.public_id, "seat": found.seat_hash})
    )
    return found, secret


def staff_seat(*, session: VisitSession, user: User, role: Role) -> Participant:
    """The seat of a member of staff, who proves to be one by signing in."""
    found, _made = Participant.objects.get_or_create(session=session, user=user, defaults={"role": role})
    return found


@transaction.atomic
def unseat(*, participant: Participant, by: User | None, now: datetime) -> None:
    """Ask somebody out for good: the seat and its links open nothing any more."""
    Participant.objects.filter(pk=participant.pk).update(removed_at=now, seat_hash="")
    participant.invites.filter(revoked_at=None).update(revoked_at=now)
    visit = participant.session.appointment
    audit.record(
        action="telehealth.participant_removed",
        actor=by,
        clinic=visit.clinic,
        patient=visit.patient,
        subject=visit.subject,
        detail={"role": participant.role},
    )
    live.room_changed(participant.session)


@transaction.atomic
def invite(
    *, session: VisitSession, role: Role, name: str, by: User | None, now: datetime, language: str = ""
) -> tuple[Participant, str]:
    """A seat for a guest or an interpreter, and the token of its own link, which can't be read again later."""
    if role not in (Role.GUEST, Role.INTERPRETER):
        raise ValueError("Only guests and interpreters are invited.")
    participant = Participant.objects.create(session=session, role=role, name=name, language=language)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    visit = session.appointment
    Invite.objects.create(
        participant=participant, token_hash=hash_of(token), expires_at=visit.ends_at + timedelta(hours=2)
    )
    audit.record(
        action="telehealth.participant_invited",
        actor=by,
        clinic=visit.clinic,
        patient=visit.patient,
        subject=visit.subject,
        detail={"role": role},
    )
    live.room_changed(session)
    return participant, token
