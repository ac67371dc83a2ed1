"""What beat starts here."""

from celery import shared_task
from django.utils import timezone

from compliance import retention
from patients import challenges
from patients.models import AccessLink
from patients.selectors import unproved_sign_ins


@shared_task
def forget_codes() -> None:
    """Delete texted codes that ran out more than a day ago."""
    challenges.forget_expired(now=timezone.now())


@shared_task
def forget_links() -> int:
    """Delete patients' links that ended long ago: until then their pages say that they have ended, and whom to call."""
    end = retention.end_before("access_links", timezone.now())
    return retention.delete("access_links", AccessLink.objects.filter(expires_at__lt=end))


@shared_task
def forget_unproved() -> int:
    """Delete patients' sign-ins whose e-mail address nobody proved: they would keep its owner from using it."""
    end = retention.end_before("unproved_sign_ins", timezone.now())
    return retention.delete("unproved_sign_ins", unproved_sign_ins().filter(date_joined__lt=end))
