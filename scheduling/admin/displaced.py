"""Telling an administrator which booked visits a change of hours pushed out."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.timeutil import local
from scheduling import displacement
from scheduling.models import Appointment

SHOWN = 20


def tell(request: HttpRequest, visits) -> None:
    """Open a task for each visit and list the visits by time and provider: set-up pages name no patients."""
    displaced = list(visits.with_people().order_by("starts_at"))
    if not displaced:
        return
    displacement.reoffer(visits=displaced, by=request.user, now=timezone.now())
    head = ngettext(
        "%d booked visit falls into this time. A task to offer another time is open for it:",
        "%d booked visits fall into this time. A task to offer another time is open for each:",
        len(displaced),
    ) % len(displaced)
    lines = [_line(visit) for visit in displaced[:SHOWN]]
    rest = [_("and %d more") % (len(displaced) - SHOWN)] if len(displaced) > SHOWN else []
    messages.warning(request, f"{head} {'; '.join(lines + rest)}.")


def _line(visit: Appointment) -> str:
    return f"{date_format(local(visit.starts_at, visit.clinic.zone), 'D, M j, g:i A')} ({visit.provider.name})"
