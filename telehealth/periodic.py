"""What beat starts. Each may run twice at the same time without harm."""

from celery import shared_task
from django.utils import timezone

from compliance import retention
from telehealth.actions.calls import sweep_calls
from telehealth.models import QualityWindow


@shared_task
def forget_quality() -> int:
    """Once a day: delete the ten-second figures of calls that were long ago."""
    end = retention.end_before("quality_windows", timezone.now())
    return retention.delete("quality_windows", QualityWindow.objects.filter(at__lt=end))


@shared_task
def sweep_rooms() -> int:
    """Each minute: move on the calls whose pages are gone."""
    return sweep_calls(now=timezone.now())
