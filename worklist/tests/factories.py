"""Tasks for tests."""

from datetime import timedelta

import factory
from django.utils import timezone

from worklist.models import Task


class TaskFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Task

    kind = Task.Kind.MANUAL
    title = "Call back"
    opened_at = factory.LazyFunction(timezone.now)
    due_at = factory.LazyAttribute(lambda task: task.opened_at + timedelta(hours=1))
