"""When a clinic changes a step of its cadence: what is planned by it moves, is reworded or taken back.

What a step adds (an e-mail as well, a step that is in use again) is planned by the net in `scheduling.coverage`.
"""

from datetime import datetime, timedelta

from django.db.models import DateTimeField, ExpressionWrapper, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Substr

from messaging.actions import retime, reword_later, withdraw
from messaging.models import Message
from messaging.states import Channel
from scheduling.models import Appointment, ReminderStep
from scheduling.reminders import FOLLOW_UP_OUTLIVES_DUE, dedupe_prefix, purpose_of

_PUBLIC_ID_AT = len("visit:") + 1
_TIMING = {"offset_minutes", "condition", "template_key"}
_TAKEN_BACK = "step_changed"


def step_changed(*, step: ReminderStep, changed: set[str], now: datetime) -> int:
    """Bring planned messages into line with a step whose fields `changed`; how many were moved or taken back.

    Part of the caller's transaction. One statement moves them all, whatever their number; their words follow soon.
    """
    if not step.is_active:
        return step_dropped(step=step, now=now)
    planned = _planned(step)
    if "by_email" in changed and not step.by_email:
        withdraw(messages=planned.filter(channel=Channel.EMAIL), now=now, reason=_TAKEN_BACK)
    if not changed & _TIMING:
        return 0
    due_at, expires_at = _window(step)
    moved = retime(
        messages=planned,
        due_at=due_at,
        expires_at=expires_at,
        now=now,
        condition=step.condition,
        purpose=purpose_of(step),
        template_key=step.template_key,
    )
    if "template_key" in changed:
        reword_later(organization_id=step.clinic.organization_id, template_key=step.template_key)
    return moved


def step_dropped(*, step: ReminderStep, now: datetime) -> int:
    """A step that is out of use, or gone: nothing is sent by it any more; how many messages were taken back."""
    return withdraw(messages=_planned(step), now=now, reason=_TAKEN_BACK)


def _planned(step: ReminderStep) -> QuerySet[Message]:
    return Message.objects.filter(clinic=step.clinic_id, dedupe_key__startswith=dedupe_prefix(step))


def _window(step: ReminderStep) -> tuple:
    """As `reminders._window`, for every visit at once."""
    offset = Value(timedelta(minutes=step.offset_minutes))
    if step.offset_minutes < 0:
        starts_at = _visits("starts_at")
        return _moment(starts_at + offset), starts_at
    due_at = _visits("ends_at") + offset
    return _moment(due_at), _moment(due_at + Value(FOLLOW_UP_OUTLIVES_DUE))


def _visits(field: str) -> Subquery:
    """The field of the visit that a message is about."""
    return Subquery(Appointment.objects.filter(public_id=Substr(OuterRef("subject"), _PUBLIC_ID_AT)).values(field)[:1])


def _moment(expression) -> ExpressionWrapper:
    return ExpressionWrapper(expression, output_field=DateTimeField())
