"""What beat starts here."""

from celery import shared_task
from django.utils import timezone

from patients import challenges


@shared_task
def forget_codes() -> None:
    """Delete texted codes that ran out more than a day ago."""
    challenges.forget_expired(now=timezone.now())
