"""Where apps above say what their messages are about, and what they do with a patient's answer.

Messaging knows texts and numbers. Whether a visit still stands, and which visit a "C" means, only the app above knows:
it registers itself here from its `apps.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from messaging.phrases import Intent


@dataclass(frozen=True, slots=True)
class Reply:
    """A text that came in, understood as far as messaging can."""

    conversation: object
    inbound: object
    intent: Intent
    choice: int | None  # the number in "C2"
    language: str  # that of the words; empty when they do not tell


IsCurrent = Callable[[object], bool]
Contexts = Callable[[list, datetime], dict[int, dict[str, str]]]
ReplyHandler = Callable[[Reply, datetime], bool]
ContactHandler = Callable[[object, datetime], object]
CallHandler = Callable[[object, datetime], object]

_subjects: dict[str, IsCurrent] = {}
_contexts: dict[str, Contexts] = {}
_reply_handlers: list[ReplyHandler] = []
_contact_handlers: list[ContactHandler] = []
_call_handlers: list[CallHandler] = []


def register_subject(prefix: str, is_current: IsCurrent, contexts: Contexts | None = None) -> None:
    """`is_current(message)` says whether a message about `prefix:<public id>` still holds, just before it goes.

    It reads `message.subject`, `message.subject_version` and `message.condition`. `contexts(messages, now)` gives the
    values of their templates anew, {pk: context}, for those that are to get the words of today.
    """
    _subjects[prefix] = is_current
    if contexts is not None:
        _contexts[prefix] = contexts


def register_reply_handler(handler: ReplyHandler) -> None:
    """`handler(reply, now)` acts on an answer and says whether it did. Handlers are asked in turn."""
    if handler not in _reply_handlers:
        _reply_handlers.append(handler)


def register_contact_handler(handler: ContactHandler) -> None:
    """`handler(patient, now)` plans anew what is to come, when what is known of the patient's numbers changed."""
    if handler not in _contact_handlers:
        _contact_handlers.append(handler)


def register_call_handler(handler: CallHandler) -> None:
    """`handler(bridge, now)` hears, in the transaction that notes it, that one of a bridge's calls changed."""
    if handler not in _call_handlers:
        _call_handlers.append(handler)


def is_current(message) -> bool:
    """Whether a message still holds. A message about nothing does; one about what nobody registered does not."""
    if not message.subject or not message.condition:
        return True
    check = _subjects.get(message.subject.partition(":")[0])
    return check is not None and check(message)


def contexts(messages: list, now: datetime) -> dict[int, dict[str, str]]:
    """What the templates of messages may say, by the messages' keys; those about what nobody registered are absent."""
    found = {}
    for prefix, values_of in _contexts.items():
        found |= values_of([message for message in messages if message.subject.partition(":")[0] == prefix], now)
    return found


def handle(reply: Reply, now: datetime) -> bool:
    """Offer an answer to the apps above; True when one of them acted on it."""
    return any(handler(reply, now) for handler in _reply_handlers)


def contact_changed(patient, now: datetime) -> None:
    """Tell the apps above that a number is not the patient's, or that it takes texts again."""
    for handler in _contact_handlers:
        handler(patient, now)


def call_changed(bridge, now: datetime) -> None:
    """Tell the apps above that somebody answered, hung up, or was not reached."""
    for handler in _call_handlers:
        handler(bridge, now)
