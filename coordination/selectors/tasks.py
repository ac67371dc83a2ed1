"""The task list: whose tasks, in which queue."""

from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic
from worklist.models import Task

DONE_SHOWN = timedelta(days=7)


class Queue(TextChoices):
    MINE = "mine", _("Mine")
    TEAM = "team", _("Team")
    OVERDUE = "overdue", _("Overdue")
    SNOOZED = "snoozed", _("Snoozed")
    DONE = "done", _("Done")


def tasks(user, clinic: Clinic, queue: str, now: datetime) -> QuerySet[Task]:
    """The tasks of a queue: what is most pressing first; done ones newest first."""
    found = Task.objects.visible_to(user).filter(clinic=clinic).filter(_condition(queue, user, now))
    order = ("-done_at", "-pk") if queue == Queue.DONE else ("due_at", "priority", "pk")
    return found.select_related("clinic", "patient", "owner", "opened_by", "done_by").order_by(*order)


def queue_sizes(user, clinic: Clinic, now: datetime) -> dict[str, int]:
    """How many tasks wait in each queue but the done one, in one query."""
    waiting = [queue for queue in Queue if queue != Queue.DONE]
    counts = {str(queue): Count("pk", filter=_condition(queue, user, now)) for queue in waiting}
    return Task.objects.visible_to(user).filter(clinic=clinic, status=Task.Status.OPEN).aggregate(**counts)


def _condition(queue: str, user, now: datetime) -> Q:
    still_open = Q(status=Task.Status.OPEN)
    awake = still_open & (Q(snoozed_until=None) | Q(snoozed_until__lte=now))
    return {
        Queue.MINE: awake & Q(owner=user),
        Queue.TEAM: awake,
        Queue.OVERDUE: awake & Q(due_at__lt=now) & (Q(owner=None) | Q(owner=user)),
        Queue.SNOOZED: still_open & Q(snoozed_until__gt=now),
        Queue.DONE: Q(status=Task.Status.DONE, done_at__gte=now - DONE_SHOWN),
    }[queue]
