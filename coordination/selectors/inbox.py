"""The inbox: messaging's conversations, and those whose last message did not arrive."""

from django.db.models import Exists, OuterRef, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic
from messaging.failures import task_key_expression
from messaging.models import Conversation, Message
from messaging.selectors import queue_counts, threads
from messaging.states import NOT_DELIVERED
from worklist.models import Task


class Queue(TextChoices):
    OPEN = "open", _("To answer")
    MINE = "mine", _("Mine")
    UNASSIGNED = "unassigned", _("Unassigned")
    ALL = "all", _("All")
    FAILED = "failed", _("Not delivered")
    CLOSED = "closed", _("Closed")


def conversations(user, clinic: Clinic, queue: str) -> QuerySet[Conversation]:
    """The conversations of a queue; the failed queue holds messages instead (`failed_messages`)."""
    return threads(user, clinic, queue)


def failed_messages(user, clinic: Clinic) -> QuerySet[Message]:
    """Messages that did not arrive and about which a task is still open, newest first."""
    failed = Message.objects.visible_to(user).filter(clinic=clinic, status__in=NOT_DELIVERED)
    tasks = Task.objects.open().filter(kind=Task.Kind.FAILED_MESSAGE, clinic=clinic)
    with_task = failed.annotate(task_key=task_key_expression()).filter(
        Exists(tasks.filter(dedupe_key=OuterRef("task_key")))
    )
    return with_task.select_related("patient", "clinic").order_by("-due_at", "-pk")


def sizes(user, clinic: Clinic) -> dict[str, int]:
    """How many wait in each queue that asks for work. Two queries."""
    return queue_counts(user, clinic) | {Queue.FAILED: failed_messages(user, clinic).count()}
