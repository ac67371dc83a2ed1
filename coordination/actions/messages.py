"""A message that did not arrive goes out once more."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common import live
from messaging import failures
from messaging.actions import queue_all
from messaging.drafts import Draft
from messaging.models import Message
from worklist import actions as worklist


@transaction.atomic
def send_again(*, message: Message, by: User, now: datetime) -> Message | None:
    """Send the same words to the patient's preferred number or address of today; None when there is none.

    A second click sends nothing. The failure's own task is resolved: if this one fails too, there is a new one.
    """
    draft = Draft(
        dedupe_key=f"again:{message.public_id}",
        purpose=message.purpose,
        body=message.body,
        channel=message.channel,
        language=message.language,
        subject=message.subject,
        subject_version=message.subject_version,
        condition=message.condition,
        urgent=True,
        written_by=by,
    )
    sent = queue_all(clinic=message.clinic, patient=message.patient, drafts=[draft], now=now)
    if not sent:
        return None
    worklist.resolve(dedupe_key=failures.task_key(message), now=now)
    live.changed(message.clinic.public_id, *filter(None, [message.subject]))
    return sent[0]
