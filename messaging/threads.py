"""The conversation of a clinic with one number: found or opened, waiting or answered."""

from datetime import datetime

from clinics.models import Clinic
from common import live
from common.phone import to_e164
from messaging.models import Conversation, Message
from messaging.outbox import address_index
from messaging.states import Channel
from patients.models import Patient
from patients.selectors import with_phone


def clinic_of(number: str) -> Clinic | None:
    """The clinic a text is for: the one that wrote to the number last, else one of its patient's, else the first."""
    index = address_index(Channel.SMS, number)
    texts = Message.objects.filter(to_index=index, channel=Channel.SMS)
    last = texts.select_related("clinic__organization").order_by("-created_at", "-pk").first()
    if last:
        return last.clinic
    clinics = Clinic.objects.active().select_related("organization").order_by("pk")
    known = clinics.filter(patients__contact_points__value_index=index).first()
    return known or clinics.first()


def thread_with(*, clinic: Clinic, number: str, patient: Patient | None = None) -> Conversation:
    """The clinic's conversation with a number, locked; opened when there is none. Part of the caller's transaction."""
    number = to_e164(number)
    index = address_index(Channel.SMS, number)
    owner = patient or _only_patient(clinic, number)
    fresh = Conversation(
        clinic=clinic,
        number=number,
        number_index=index,
        patient=owner,
        language=owner.language if owner else "en",
    )
    rows = Conversation.objects.filter(clinic=clinic, number_index=index)
    if not rows.exists():
        Conversation.objects.bulk_create([fresh], ignore_conflicts=True)
    thread = rows.select_for_update(of=("self",)).select_related("clinic__organization", "patient").get()
    if owner and thread.patient_id != owner.pk:
        thread.patient = owner
        thread.save(update_fields=["patient"])
    return thread


def _only_patient(clinic: Clinic, number: str) -> Patient | None:
    """The number's patient; None when it has none or several (a family's phone)."""
    owners = list(with_phone(organization=clinic.organization, number=number)[:2])
    return owners[0] if len(owners) == 1 else None


def waiting(thread: Conversation, *, now: datetime) -> None:
    """Somebody has to read this."""
    thread.state = Conversation.State.OPEN
    thread.unread_count += 1
    thread.unanswered_since = thread.unanswered_since or now
    thread.last_message_at = now
    thread.save(update_fields=["state", "unread_count", "unanswered_since", "last_message_at"])
    announce(thread)


def moved_on(thread: Conversation, *, now: datetime, **fields) -> None:
    """Something was said; nobody new has to read it."""
    thread.last_message_at = now
    for name, value in fields.items():
        setattr(thread, name, value)
    thread.save(update_fields=["last_message_at", *fields])
    announce(thread)


def announce(thread: Conversation) -> None:
    """Tell open desks, after commit."""
    live.changed(thread.clinic.public_id, thread.subject)
