"""The conversation of a clinic with one patient at one number: found or opened, waiting or answered.

Whose a text is, the number says where it is one patient's. Where it is several patients' the text waits in the
conversation that is nobody's, until it answers about a visit or somebody files it: a guess would show one patient's
words to whoever looks at another.
"""

from datetime import datetime

from django.db.models import Q, QuerySet

from clinics.models import Clinic
from common import live
from common.phone import to_e164
from messaging.models import Conversation, InboundMessage, Message
from messaging.outbox import address_index
from messaging.states import Channel
from patients.models import Patient
from patients.selectors import reached_at


def clinic_of(number: str) -> Clinic | None:
    """The clinic a text is for: the one that wrote last to whoever has the number now, else one of theirs.

    A text to somebody whose number this was counts only when nobody has it now; without any it is the first clinic.
    """
    owners = reached_at(number=number)
    texts = Message.objects.filter(to_index=address_index(Channel.SMS, number), channel=Channel.SMS)
    newest = texts.select_related("clinic__organization").order_by("-created_at", "-pk")
    if last := newest.filter(Q(patient=None) | Q(patient__in=owners)).first():
        return last.clinic
    clinics = Clinic.objects.active().select_related("organization").order_by("pk")
    if known := clinics.filter(patients__in=owners).first():
        return known
    earlier = newest.first()
    return earlier.clinic if earlier else clinics.first()


def thread_with(*, clinic: Clinic, number: str, patient: Patient | None = None) -> Conversation:
    """The clinic's conversation with a patient at a number, locked; opened when there is none.

    Without `patient` it is that of the number's only patient, or the one that is nobody's. Part of the caller's
    transaction.
    """
    number = to_e164(number)
    index = address_index(Channel.SMS, number)
    owner = patient or _only_patient(clinic, number)
    rows = Conversation.objects.filter(clinic=clinic, number_index=index, patient=owner)
    if not rows.exists():
        fresh = Conversation(
            clinic=clinic,
            number=number,
            number_index=index,
            patient=owner,
            language=owner.language if owner else "en",
        )
        Conversation.objects.bulk_create([fresh], ignore_conflicts=True)
    return rows.select_for_update(of=("self",)).select_related("clinic__organization", "patient").get()


def _only_patient(clinic: Clinic, number: str) -> Patient | None:
    """The number's patient; None when it has none or several (a family's phone)."""
    owners = list(reached_at(number=number, organization=clinic.organization)[:2])
    return owners[0] if len(owners) == 1 else None


def language_of(thread: Conversation) -> str:
    """What to answer in at this number when the text itself does not tell: many words are the same in every language.

    The patient's language as it is today; of several patients the one they share; else the one we wrote in last.
    """
    if thread.patient:
        return thread.patient.language
    organization = thread.clinic.organization
    spoken = {patient.language for patient in reached_at(number=thread.number, organization=organization)}
    if len(spoken) == 1:
        return spoken.pop()
    texts = Message.objects.filter(to_index=thread.number_index, channel=Channel.SMS, clinic__organization=organization)
    last = texts.order_by("-created_at", "-pk").first()
    return last.language if last else thread.language


def file_under(inbound: InboundMessage, *, patient: Patient, clinic: Clinic, now: datetime) -> Conversation:
    """A text turned out to be this patient's, about something at this clinic: it moves to their conversation.

    Part of the caller's transaction, which has the text locked.
    """
    thread = thread_with(clinic=clinic, number=inbound.from_number, patient=patient)
    if inbound.conversation_id != thread.pk or inbound.patient_id != patient.pk:
        inbound.clinic, inbound.conversation, inbound.patient = clinic, thread, patient
        inbound.save(update_fields=["clinic", "conversation", "patient"])
        moved_on(thread, now=now)
    return thread


def asked_of(conversation: Conversation, now: datetime) -> QuerySet[Conversation]:
    """Conversations of the organization with this number in which a question is open, the newest question first."""
    same = Conversation.objects.filter(
        number_index=conversation.number_index, clinic__organization=conversation.clinic.organization_id
    )
    return same.filter(pending_until__gt=now).order_by("-pending_until", "-pk")


def waiting(thread: Conversation, *, now: datetime) -> None:
    """Somebody has to read this."""
    thread.state = Conversation.State.OPEN
    thread.unread_count += 1
    thread.unanswered_since = thread.unanswered_since or now
    thread.last_message_at, thread.snoozed_until = now, None
    thread.save(update_fields=["state", "unread_count", "unanswered_since", "last_message_at", "snoozed_until"])
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
