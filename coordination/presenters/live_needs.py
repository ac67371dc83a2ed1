"""Why a person should look at a live visit, the gravest reason first."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from coordination.selectors.live import LiveVisit
from scheduling.states import UPCOMING
from telehealth.models import DeviceCheck
from telehealth.states import State

LATE_AFTER = timedelta(minutes=1)
CALL_AFTER = timedelta(minutes=10)


def needs_of(found: LiveVisit, room: str, lines: tuple, now: datetime) -> str:
    """Why a person should look at this visit first; the gravest reason."""
    visit = found.visit
    if visit.has_incident:
        return _("Emergency")
    if room == State.TROUBLE:
        return _("Can't connect: offer the phone")
    if room == State.INTERRUPTED:
        return _("The connection broke off")
    if any(line and line.kind == "problem" for line in lines):
        return _("The connection is bad: offer the phone")
    if room == State.WAITING:
        return _waiting_needs(found, now)
    if room == State.SCHEDULED and visit.status in UPCOMING and now - visit.starts_at >= CALL_AFTER:
        return _("Not here yet: call the patient")
    if visit.device == DeviceCheck.Result.FAIL and room == State.SCHEDULED:
        return _("The device test failed: call before it starts")
    return ""


def _waiting_needs(found: LiveVisit, now: datetime) -> str:
    session = found.visit.session
    due = found.visit.starts_at + timedelta(minutes=session.provider_late_minutes or 0)
    if due + LATE_AFTER <= now and not found.provider.where:
        return _("Waits, and the provider is not here")
    if not found.patient.where and not session.text_when_ready:
        return _("The patient's page is lost")
    if found.visit.interpreter_language and not found.interpreter.where and found.visit.starts_at <= now:
        return _("The interpreter is not here")
    return ""
