"""The "add to calendar" file: time and clinic in UTC, and nothing about why or with whom (RFC 5545)."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from scheduling.states import Status

FILENAME = "visit.ics"


def entry(visit, now: datetime) -> bytes:
    """One visit. SEQUENCE rises with every move, so that a calendar replaces what it has."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.PRODUCT_NAME}//Visits//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", f"visit-{visit.public_id}@{urlsplit(settings.PUBLIC_BASE_URL).hostname}")
    event.add("sequence", visit.version - 1)
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", visit.starts_at.astimezone(UTC))
    event.add("dtend", visit.ends_at.astimezone(UTC))
    event.add("summary", _("Visit with %(clinic)s") % {"clinic": visit.clinic.message_name})
    event.add("status", "CANCELLED" if visit.status == Status.CANCELLED else "CONFIRMED")
    event.add("class", "PRIVATE")
    calendar.add_component(event)
    return calendar.to_ical()


def response(visit, now: datetime) -> HttpResponse:
    """The file as a download."""
    answer = HttpResponse(entry(visit, now), content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{FILENAME}"'
    return answer
