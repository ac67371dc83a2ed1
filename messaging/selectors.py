"""Reads for the inbox and a visit's drawer."""

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.db.models import Count, Q

from messaging.models import Conversation, InboundMessage, Message
from messaging.states import NOT_DELIVERED, WAITING, Channel, Purpose, Status

NEWEST = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One text or e-mail in a thread, to be shown as a bubble."""

    at: datetime
    out: bool
    text: str
    channel: str
    title: str = ""
    author: str = ""  # the colleague who wrote it; empty for the portal's own and for the patient
    state: str = ""
    failed: bool = False
    ahead: bool = False  # planned, or taken back before it went
    language: str = ""
    key: str = ""


def threads(user, clinic, queue: str, now: datetime):
    """Conversations of a clinic that the user may see, of one queue.

    Queues: open (unanswered, longest waiting first), mine, unassigned, snoozed (next to come back first), closed, all.
    """
    rows = (
        Conversation.objects.visible_to(user).filter(clinic=clinic).select_related("patient", "assigned_to", "clinic")
    )
    if queue == "open":
        return rows.awake(now).needing_answer()
    if queue == "mine":
        return rows.open().awake(now).filter(assigned_to=user).by_last_message()
    if queue == "unassigned":
        return rows.open().awake(now).filter(assigned_to=None).by_last_message()
    if queue == "snoozed":
        return rows.open().filter(snoozed_until__gt=now).order_by("snoozed_until", "pk")
    if queue == "closed":
        return rows.filter(state=Conversation.State.CLOSED, last_message_at__isnull=False).by_last_message()
    return rows.filter(last_message_at__isnull=False).by_last_message()


def queue_counts(user, clinic, now: datetime) -> dict[str, int]:
    """How many conversations stand in the queues that ask for work: open, mine, unassigned, snoozed. One query."""
    rows = Conversation.objects.visible_to(user).filter(clinic=clinic, state=Conversation.State.OPEN)
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=now)
    return rows.aggregate(
        open=Count("pk", filter=awake & Q(unanswered_since__isnull=False)),
        mine=Count("pk", filter=awake & Q(assigned_to=user)),
        unassigned=Count("pk", filter=awake & Q(assigned_to=None)),
        snoozed=Count("pk", filter=~awake),
    )


def thread(conversation: Conversation, limit: int = NEWEST) -> list[Entry]:
    """What was said in the conversation, oldest first; the newest `limit` each way. Two queries.

    Only what is the conversation's own patient's: others may have the number, or had it before.
    """
    own = {"clinic": conversation.clinic_id, "patient": conversation.patient_id}
    came = Q(conversation=conversation)
    if conversation.patient_id:  # a merged record brings texts of a conversation of its own
        came |= Q(from_index=conversation.number_index, **own)
    received = InboundMessage.objects.filter(came).order_by("-received_at", "-pk")[:limit]
    texts = Message.objects.filter(to_index=conversation.number_index, channel=Channel.SMS, **own)
    texts = texts.select_related("written_by")
    # What a colleague has just written shows at once; what is planned does not belong into a conversation yet.
    unseen = Q(status=Status.CANCELLED) | (Q(status__in=WAITING) & ~Q(purpose=Purpose.STAFF))
    shown = texts.exclude(unseen).order_by("-created_at", "-pk")[:limit]
    return _by_time([*map(inbound_entry, received), *map(outgoing_entry, shown)])


def for_subject(subject: str) -> list[Entry]:
    """Every message about a visit, oldest first, planned ones included."""
    rows = Message.objects.about(subject).select_related("written_by").order_by("due_at", "pk")[:NEWEST]
    return [outgoing_entry(message) for message in rows]


def outgoing_entry(message: Message) -> Entry:
    return Entry(
        at=message.sent_at or message.closed_at or message.due_at,
        out=True,
        text=message.body,
        title=message.title,
        channel=message.get_channel_display(),
        author=message.written_by.get_full_name() if message.written_by else "",
        state=str(message.get_skip_reason_display() or message.get_status_display()),
        failed=message.status in NOT_DELIVERED or message.status == Status.SKIPPED,
        ahead=message.status in {Status.PLANNED, Status.CANCELLED},
        language=message.language,
        key=message.template_key,
    )


def inbound_entry(inbound: InboundMessage) -> Entry:
    return Entry(at=inbound.received_at, out=False, text=inbound.body, channel=Channel.SMS.label)


def _by_time(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=attrgetter("at"))
