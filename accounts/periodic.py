"""What beat starts for sign-ins."""

from allauth.usersessions.models import UserSession
from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from compliance import retention


@shared_task
def forget_sessions() -> int:
    """Delete sessions that ran out, and what was noted about the devices they were on; how many rows."""
    over = Session.objects.filter(expire_date__lt=retention.end_before("sessions", timezone.now()))
    gone = retention.delete("sessions", over)
    devices = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key"))
    return gone + retention.delete("devices", devices)
