"""What beat starts."""

from celery import shared_task
from django.utils import timezone

from scheduling import coverage
from scheduling.models import Hold


@shared_task
def sweep_expired_holds() -> int:
    """Delete holds that are over; slot search and booking have ignored them since they expired."""
    deleted, _by_model = Hold.objects.filter(expires_at__lte=timezone.now()).delete()
    return deleted


@shared_task
def plan_reminders() -> int:
    """Make sure that the visits of the coming days have their messages; booking plans them already."""
    return coverage.plan_missing(timezone.now())
