from datetime import datetime

from django.db.models import Q

from accounts.permissions import Permission
from common.querysets import ScopedQuerySet


class TaskQuerySet(ScopedQuerySet):
    view_permission = Permission.TASK_VIEW

    def open(self):
        return self.filter(status="open")

    def active(self, now: datetime):
        """Open and not snoozed."""
        return self.open().filter(Q(snoozed_until=None) | Q(snoozed_until__lte=now))

    def overdue(self, now: datetime):
        return self.active(now).filter(due_at__lt=now)
