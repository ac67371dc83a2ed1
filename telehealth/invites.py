"""Links of guests and interpreters: which invitation a token stands for, and whether it still opens."""

from datetime import datetime

from telehealth.models import Invite
from telehealth.seating import hash_of

MAX_TOKEN_LENGTH = 64


def find(token: str) -> Invite | None:
    """The invitation of this token, whether it opens or not, with its participant, session and visit."""
    if len(token) > MAX_TOKEN_LENGTH:
        return None
    visit = "participant__session__appointment__"
    related = [f"{visit}{name}" for name in ("patient", "provider", "visit_type", "clinic")]
    return Invite.objects.select_related(*related).filter(token_hash=hash_of(token)).first()


def opens(invite: Invite, now: datetime) -> bool:
    """Whether the invitation was not taken back, its time is not over, and its guest was not asked out."""
    return invite.revoked_at is None and invite.participant.removed_at is None and now < invite.expires_at


def mark_opened(invite: Invite, now: datetime) -> None:
    """Note the first time somebody sat down through the invitation."""
    Invite.objects.filter(pk=invite.pk, first_opened_at=None).update(first_opened_at=now)
