"""What beat starts."""

from celery import shared_task
from django.utils import timezone

from scheduling.models import Hold


@shared_task
def sweep_expired_holds() -> int:
    """Delete holds that are over; slot search and booking have ignored them since they expired."""
    deleted, _by_model = Hold.objects.filter(expires_at__lte=timezone.now()).delete()
    return deleted
