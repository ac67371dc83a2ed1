"""What becomes of a call. Marks come late, twice and in any order; only what is further on counts."""

from datetime import datetime, timedelta

from django.db import transaction

from compliance import audit
from messaging import gateways, registry
from messaging.gateways.voice import Dialed
from messaging.models import Bridge, Leg
from messaging.states import CALL_OVER, CALL_RANK, CallStatus

REPORTED_WITHIN = timedelta(minutes=3)
LONGEST_CALL = timedelta(hours=4)  # the carrier's own limit
_CALLING = (CallStatus.PLANNED, CallStatus.DIALING, CallStatus.RINGING)
# https://www.twilio.com/docs/voice/api/call-resource#call-status-values
_WORDS = {
    "queued": CallStatus.DIALING,
    "initiated": CallStatus.DIALING,
    "ringing": CallStatus.RINGING,
    "in-progress": CallStatus.ANSWERED,
    "answered": CallStatus.ANSWERED,
    "completed": CallStatus.ENDED,
    "busy": CallStatus.BUSY,
    "no-answer": CallStatus.NO_ANSWER,
    "canceled": CallStatus.ENDED,
    "failed": CallStatus.FAILED,
}


def dial(leg_id: int, now: datetime) -> None:
    """Call once: the state `dialing` is committed before, so that a task given twice finds nothing left to do."""
    if not Leg.objects.filter(pk=leg_id, status=CallStatus.PLANNED).update(status=CallStatus.DIALING, status_at=now):
        return
    leg = Leg.objects.select_related("bridge__clinic", "bridge__patient").get(pk=leg_id)
    answer = gateways.of_calls().dial(leg)
    if isinstance(answer, Dialed):
        Leg.objects.filter(pk=leg_id).update(sid=answer.sid)
        if answer.rings:
            _note(leg_id, CallStatus.RINGING, now)
    else:
        _note(leg_id, CallStatus.FAILED, now, failure=answer.code)


def end(leg_id: int) -> None:
    """Tell the carrier that somebody hung up here."""
    leg = Leg.objects.get(pk=leg_id)
    if leg.sid:
        gateways.of_calls().hang_up(leg)


def take(*, leg_public_id: str, sid: str, word: str, now: datetime) -> bool:
    """Note the carrier's word on the call with this public id; False when there is no such call or word."""
    status = _WORDS.get(word)
    row = Leg.objects.filter(public_id=leg_public_id).values_list("pk", "sid").first()
    if status is None or row is None or (row[1] and row[1] != sid):
        return False
    _note(row[0], status, now)
    return True


def settle(now: datetime) -> int:
    """Calls whose end nobody reported: a phone rings for less than a minute, a visit is over in hours. How many."""
    unanswered = Leg.objects.filter(status__in=_CALLING, status_at__lt=now - REPORTED_WITHIN)
    endless = Leg.objects.filter(status=CallStatus.ANSWERED, status_at__lt=now - LONGEST_CALL)
    given_up = dict.fromkeys(unanswered.values_list("pk", flat=True), CallStatus.FAILED)
    given_up |= dict.fromkeys(endless.values_list("pk", flat=True), CallStatus.ENDED)
    for leg_id, status in given_up.items():
        _note(leg_id, status, now, failure="no_report" if status == CallStatus.FAILED else "")
    return len(given_up)


def _note(leg_id: int, status: str, now: datetime, *, failure: str = "") -> None:
    with transaction.atomic():
        # The bridge first: of two calls that end together, the second has to see that the first is over.
        bridge = Bridge.objects.select_for_update(of=("self",)).select_related("clinic", "patient").get(legs=leg_id)
        leg = Leg.objects.get(pk=leg_id)
        if CALL_RANK[status] <= CALL_RANK[leg.status]:
            return
        leg.status, leg.status_at = status, now
        leg.failure = failure or leg.failure
        if status == CallStatus.ANSWERED:
            leg.answered_at = now
        leg.save(update_fields=["status", "status_at", "failure", "answered_at"])
        audit.record(
            action=f"messaging.call_{status}",
            clinic=bridge.clinic,
            patient=bridge.patient,
            subject=bridge.subject,
            detail={"side": leg.side},
        )
        _close_if_over(bridge, now)
        registry.call_changed(bridge, now)


def _close_if_over(bridge: Bridge, now: datetime) -> None:
    """Both have hung up, or were not reached."""
    if not bridge.legs.exclude(status__in=CALL_OVER).exists():
        Bridge.objects.filter(pk=bridge.pk, ended_at=None).update(ended_at=now)
