"""Time zones by their names in the tz database."""

import zoneinfo
from functools import cache

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


@cache  # the names are looked up on disk
def _names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def validate_time_zone(name: str) -> None:
    """ValidationError for what is no zone of the tz database."""
    if name not in _names():
        raise ValidationError(_("Choose a time zone such as America/New_York."))


class TimeZoneField(models.CharField):
    """The name of a zone. One that nobody can read clocks in is refused at every write, not only in forms.

    A page about somebody whose zone is unknown would fail for ever.
    """

    default_validators = [validate_time_zone]

    def __init__(self, *args, max_length: int = 64, **kwargs):
        super().__init__(*args, max_length=max_length, **kwargs)

    def get_db_prep_save(self, value, connection):
        """Also what `update()` and `bulk_create()` write; empty stands where the column allows it."""
        if isinstance(value, str) and (value or not self.blank):
            validate_time_zone(value)
        return super().get_db_prep_save(value, connection)
