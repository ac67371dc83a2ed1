"""What beat starts for files."""

from celery import shared_task
from django.utils import timezone

from documents import sweeping


@shared_task
def sweep_files() -> int:
    """Remove the bytes of uploads that came to nothing; how many files."""
    return sweeping.sweep(timezone.now())
