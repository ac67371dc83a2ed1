"""From drafts to outbox rows, a whole batch in a few statements."""

from datetime import datetime

from common.crypto import blind_index
from common.phone import display
from messaging import defaults, rendering
from messaging.drafts import Draft
from messaging.models import Message, MessageTemplate
from messaging.rules import earliest_text
from messaging.states import Channel, Purpose
from patients.models import ContactPoint
from patients.rules import EMAIL, index_purpose

CONTACT_KIND = {Channel.SMS: ContactPoint.Kind.MOBILE, Channel.EMAIL: ContactPoint.Kind.EMAIL}


def address_index(channel: str, to: str) -> str:
    """The blind index by which a number or address is found: the same as its contact point's."""
    return blind_index(to, index_purpose(EMAIL if channel == Channel.EMAIL else Channel.SMS))


def build(*, clinic, patient, drafts: list[Draft], now: datetime) -> list[Message]:
    """Unsaved rows for the drafts; those without anybody to send to fall away. Two statements at most."""
    addresses = _addresses(patient) if any(not draft.to for draft in drafts) else {}
    templates = _templates(clinic.organization_id, {draft.template_key for draft in drafts if draft.template_key})
    rows = []
    for draft in drafts:
        to = draft.to or addresses.get(CONTACT_KIND[Channel(draft.channel)], "")
        if to:
            rows.append(_row(draft, to=to, clinic=clinic, patient=patient, templates=templates, now=now))
    return [row for row in rows if row.expires_at is None or row.expires_at > row.due_at]


def insert(messages: list[Message]) -> list[Message]:
    """Write the rows; those whose dedupe key stands already are left out. Returns the new ones, with their keys."""
    if not messages:
        return []
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    mine = {message.public_id: message for message in messages}
    keys = Message.objects.filter(public_id__in=mine).values_list("public_id", "pk")
    for public_id, pk in keys:
        mine[public_id].pk = pk
    return [message for message in messages if message.pk]


def reword(messages: list[Message], contexts: dict[int, dict], organization_id: int) -> None:
    """Put the words of today into messages that are not sent, unsaved; `contexts` are values by the messages' keys."""
    templates = _templates(organization_id, {message.template_key for message in messages})
    for message in messages:
        words = _from_template(
            message.template_key, message.channel, message.language, message.clinic, templates, contexts[message.pk]
        )
        message.title, message.body, message.segments = words.title, words.text, words.segments
        message.words_outdated = False


def again(message: Message, *, dedupe_key: str, due_at: datetime, now: datetime) -> Message:
    """An unsaved copy of a message that did not arrive: same words, same receiver, due later, with the same end."""
    same = {name: getattr(message, name) for name in _SAME_AGAIN}
    clinic, patient = message.clinic, message.patient
    waits = not message.urgent and message.channel == Channel.SMS
    hours = (zone_of(clinic, patient), clinic.quiet_until, clinic.quiet_from)
    return Message(
        **same,
        dedupe_key=dedupe_key,
        due_at=due_at,
        next_attempt_at=earliest_text(due_at, *hours) if waits else due_at,
        created_at=now,
    )


_SAME_AGAIN = (
    "clinic", "patient", "channel", "purpose", "template_key", "language", "to", "to_index", "title", "body",
    "segments", "subject", "subject_version", "condition", "urgent", "expires_at", "written_by",
)  # fmt: skip


def _addresses(patient) -> dict[str, str]:
    if patient is None:
        return {}
    points = ContactPoint.objects.filter(patient=patient, is_primary=True, status=ContactPoint.Status.OK)
    return {point.kind: point.value for point in points}


def _templates(organization_id: int, keys: set[str]) -> dict[tuple, MessageTemplate]:
    if not keys:
        return {}
    rows = MessageTemplate.objects.filter(organization=organization_id, key__in=keys)
    return {(row.key, row.channel, row.language): row for row in rows}


def _row(draft: Draft, *, to: str, clinic, patient, templates: dict, now: datetime) -> Message:
    language = draft.language or (patient.language if patient else "en")
    rendered = _words(draft, language, clinic, templates)
    due_at = draft.due_at or now
    return Message(
        clinic=clinic,
        patient=patient,
        channel=draft.channel,
        purpose=draft.purpose,
        template_key=draft.template_key,
        language=language,
        to=to,
        to_index=address_index(draft.channel, to),
        title=rendered.title,
        body=rendered.text,
        segments=rendered.segments,
        dedupe_key=draft.dedupe_key,
        subject=draft.subject,
        subject_version=draft.subject_version,
        condition=draft.condition,
        urgent=_is_urgent(draft),
        due_at=due_at,
        next_attempt_at=_first_attempt(draft, due_at, clinic, patient),
        expires_at=draft.expires_at,
        written_by=draft.written_by,
        created_at=now,
    )


def _is_urgent(draft: Draft) -> bool:
    """Somebody waits for a code at whatever hour."""
    return draft.urgent or draft.purpose == Purpose.CODE


def _first_attempt(draft: Draft, due_at: datetime, clinic, patient) -> datetime:
    if _is_urgent(draft) or draft.channel != Channel.SMS:
        return due_at
    return earliest_text(due_at, zone_of(clinic, patient), clinic.quiet_until, clinic.quiet_from)


def zone_of(clinic, patient):
    """The zone whose clocks decide about quiet hours."""
    return patient.zone(clinic) if patient else clinic.zone


def _words(draft: Draft, language: str, clinic, templates: dict) -> rendering.Rendered:
    if draft.body:
        text = draft.body.strip()
        segments = rendering.measure(text)[0] if draft.channel == Channel.SMS else 0
        return rendering.Rendered(draft.title, text, segments)
    return _from_template(draft.template_key, draft.channel, language, clinic, templates, draft.context)


def _from_template(
    key: str, channel: str, language: str, clinic, templates: dict, values: dict[str, str]
) -> rendering.Rendered:
    context = {"clinic": clinic.message_name, "phone": display(clinic.phone), **values}
    own = templates.get((key, channel, language))
    words = own or defaults.words(key, channel, language)
    title = own.subject if own else words.title
    return rendering.render(channel=channel, title=title, body=words.body, context=context)
