"""The inbox: messaging's conversations, and those whose last message did not arrive."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic
from messaging.failures import task_key_expression
from messaging.models import Conversation, Message
from messaging.outbox import CONTACT_KIND
from messaging.selectors import queue_counts, threads
from messaging.states import NOT_DELIVERED, Channel
from patients.models import ContactPoint, Patient
from patients.selectors import reached_at
from worklist.models import Task

MOST = 8  # people who share a number


class Queue(TextChoices):
    OPEN = "open", _("To answer")
    MINE = "mine", _("Mine")
    UNASSIGNED = "unassigned", _("Unassigned")
    SNOOZED = "snoozed", _("Snoozed")
    ALL = "all", _("All")
    FAILED = "failed", _("Not delivered")
    CLOSED = "closed", _("Closed")


def conversations(user, clinic: Clinic, queue: str, now: datetime) -> QuerySet[Conversation]:
    """The conversations of a queue; the failed queue holds messages instead (`failed_messages`)."""
    return threads(user, clinic, queue, now)


def failed_messages(user, clinic: Clinic) -> QuerySet[Message]:
    """Messages that did not arrive and about which a task is still open, newest first.

    Of one that was tried twice only the second try.
    """
    failed = Message.objects.visible_to(user).filter(clinic=clinic, status__in=NOT_DELIVERED).last_tries()
    tasks = Task.objects.open().filter(kind=Task.Kind.FAILED_MESSAGE, clinic=clinic)
    with_task = failed.annotate(task_key=task_key_expression()).filter(
        Exists(tasks.filter(dedupe_key=OuterRef("task_key")))
    )
    return with_task.select_related("patient", "clinic").order_by("-due_at", "-pk")


def sizes(user, clinic: Clinic, now: datetime) -> dict[str, int]:
    """How many wait in each queue that asks for work. Two queries."""
    return queue_counts(user, clinic, now) | {Queue.FAILED: failed_messages(user, clinic).count()}


def other_channels(messages: list[Message]) -> dict[int, str]:
    """The channel by which each message could go instead, by its key; absent where there is none. One query."""
    patients = {message.patient_id for message in messages}
    points = ContactPoint.objects.filter(patient__in=patients, is_primary=True, status=ContactPoint.Status.OK)
    reached = set(points.values_list("patient_id", "kind"))
    wanted = {message.pk: Channel.EMAIL if message.channel == Channel.SMS else Channel.SMS for message in messages}
    return {
        message.pk: wanted[message.pk]
        for message in messages
        if (message.patient_id, CONTACT_KIND[wanted[message.pk]]) in reached
    }


def sharing(user, conversation: Conversation) -> list[Patient]:
    """Patients whose a text of a conversation without a patient may be, as far as the user may see them."""
    who = reached_at(number=conversation.number, organization=conversation.clinic.organization)
    return list(who.filter(pk__in=Patient.objects.visible_to(user).values("pk")).order_by("last_name", "pk")[:MOST])
