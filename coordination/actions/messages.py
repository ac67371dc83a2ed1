"""Messages that colleagues send: answers with merge fields, and what did not arrive once more or by another way."""

from datetime import datetime
from enum import Enum, auto

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from clinics.models import Clinic
from common import live
from common.crypto import blind_index
from common.phone import display
from messaging import failures, registry
from messaging.actions import queue_all, send_free_text
from messaging.drafts import Draft
from messaging.models import Conversation, Message
from messaging.rendering import VARIABLE, fill
from messaging.rules import OTHERWISE
from messaging.states import AHEAD, Channel
from patients.models import Patient
from scheduling import actions as scheduling
from scheduling import reminders
from scheduling.models import Appointment
from worklist import actions as worklist

# Written for both channels, with the values of `reminders.words`.
_BOTH_WAYS = {"visit_booked", "visit_moved"}


class Redelivery(Enum):
    """What became of a message that was to go out once more."""

    SENT = auto()
    NOT_SENT = auto()  # sent again before, or nowhere to send it to
    OUTDATED = auto()  # the visit is another one by now


class NoVisitToName(Exception):
    """The words name a visit's time or link, and there is no visit to come."""


def merge_values(visit: Appointment | None, clinic) -> dict[str, str]:
    """What merge fields say before sending; a link stays a field, since only its patient may see it."""
    values = {"clinic": clinic.message_name, "phone": display(clinic.phone)}
    return values | ({"when": reminders.when_text(visit), "link": "{{ link }}"} if visit else {})


@transaction.atomic
def reply(
    *,
    body: str,
    visit: Appointment | None,
    by: User,
    now: datetime,
    conversation: Conversation | None = None,
    patient: Patient | None = None,
    clinic: Clinic | None = None,
    key: str = "",
) -> Message | None:
    """Send a colleague's words with their merge fields filled in: into a conversation, or to a patient of a clinic.

    The same words under the same `key` of a form go once; None then, as when nobody gets texts at that number.
    Raises NoVisitToName, and what `messaging.actions.send_free_text` raises; then nothing was sent.
    """
    values = merge_values(visit, conversation.clinic if conversation else clinic)
    if visit and "link" in VARIABLE.findall(body):
        values |= reminders.words(visit)
    try:
        words = fill(body, values)
    except KeyError as missing:
        raise NoVisitToName from missing
    about = {"conversation": conversation, "patient": patient, "clinic": clinic}
    # Other words under a key that was used are meant: the browser's "back" shows the form with its old key.
    once = blind_index(f"{key}:{body}", "staff-text") if key else ""
    return send_free_text(body=words, by=by, now=now, key=once, **about)


@transaction.atomic
def send_again(*, message: Message, by: User, now: datetime) -> Redelivery:
    """Send the same words to the patient's preferred number or address of today.

    A second click sends nothing. The failure's own task is resolved: if this one fails too, there is a new one. What
    is no longer true of its visit is not sent, and nobody needs to do anything about it.
    """
    if _is_outdated(message):
        return _settled(message, Redelivery.OUTDATED, now)
    words = {"title": message.title, "body": message.body, "channel": message.channel}
    return _instead(message, Draft(**_about(message, f"again:{message.public_id}", by), **words), now)


@transaction.atomic
def send_otherwise(*, message: Message, by: User, now: datetime) -> Redelivery:
    """Say it by e-mail instead of by text, or the other way round; as `send_again` in all else.

    Messages about a visit use their words for the other channel, with a fresh link; all others go as they are.
    """
    if _is_outdated(message):
        return _settled(message, Redelivery.OUTDATED, now)
    words = _words_for(message, Channel.EMAIL if message.channel == Channel.SMS else Channel.SMS)
    return _instead(message, Draft(**_about(message, f"{OTHERWISE}{message.public_id}", by), **words), now)


def _is_outdated(message: Message) -> bool:
    """Whether the visit has changed since; from here until commit it can't."""
    visit = Appointment.objects.filter(public_id=message.subject.partition(":")[2]).first()
    if visit:
        scheduling.lock(visit)
    return not registry.is_current(message)


def _words_for(message: Message, channel: str) -> dict:
    visit = Appointment.objects.filter(public_id=message.subject.partition(":")[2]).with_people().first()
    has_both = message.purpose in AHEAD or message.template_key in _BOTH_WAYS
    if visit and message.template_key and has_both:
        context = reminders.words(visit, message.language)
        return {"channel": channel, "template_key": message.template_key, "context": context}
    with override(message.language):
        title = _("A message from %(clinic)s") % {"clinic": message.clinic.message_name}
    return {"channel": channel, "body": message.body, "title": title}


def _about(message: Message, dedupe_key: str, by: User) -> dict:
    return {
        "dedupe_key": dedupe_key,
        "purpose": message.purpose,
        "language": message.language,
        "subject": message.subject,
        "subject_version": message.subject_version,
        "condition": message.condition,
        "urgent": True,
        "written_by": by,
    }


def _instead(message: Message, draft: Draft, now: datetime) -> Redelivery:
    if not queue_all(clinic=message.clinic, patient=message.patient, drafts=[draft], now=now):
        return Redelivery.NOT_SENT
    return _settled(message, Redelivery.SENT, now)


def _settled(message: Message, outcome: Redelivery, now: datetime) -> Redelivery:
    worklist.resolve(dedupe_key=failures.task_key(message), now=now)
    live.changed(message.clinic.public_id, *filter(None, [message.subject]))
    return outcome
