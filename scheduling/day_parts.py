"""Morning, afternoon and evening by somebody's clock, as lists of free times are cut."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.timeutil import local

NOON, EVENING = 12, 17


class DayPart(TextChoices):
    MORNING = "morning", _("Morning")
    AFTERNOON = "afternoon", _("Afternoon")
    EVENING = "evening", _("Evening")

    @classmethod
    def of(cls, instant: datetime, zone: ZoneInfo) -> "DayPart":
        """The part of the day that clocks in `zone` show at the instant."""
        hour = local(instant, zone).hour
        if hour < NOON:
            return cls.MORNING
        return cls.AFTERNOON if hour < EVENING else cls.EVENING
