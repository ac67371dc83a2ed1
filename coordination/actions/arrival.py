"""A patient arrives at the waiting room: where they are, how to call back, and the word on visits at a distance."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from common.timeutil import local_date
from common.us import zone_of_state
from compliance import audit
from coordination.actions import from_waiting
from coordination.actions.progress import arrive_visit
from patients.actions import Agreement
from patients.models import ConsentRecord, Patient
from patients.selectors import newest_consent
from patients.wording import CONSENT_VERSION
from scheduling import actions as scheduling
from scheduling.models import Appointment
from scheduling.states import LIVE, ByLabel, Status
from telehealth.actions import move, session_of
from telehealth.errors import RoomClosed
from telehealth.models import CheckIn, VisitSession
from telehealth.rules import is_open
from telehealth.states import HERE, Event
from worklist import actions as worklist

_PRESENT = frozenset({Status.ARRIVED, Status.IN_VISIT})  # the desk has noted the arrival already


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the patient is right now, for help in an emergency, and the number (E.164) that reaches them there."""

    state: str
    city: str
    address: str
    callback_number: str


@transaction.atomic
def check_in(
    *, appointment: Appointment, whereabouts: Whereabouts, agreement: Agreement | None, language: str, now: datetime
) -> CheckIn:
    """Keep what the patient said on arrival and seat them in the waiting room.

    Where the provider has no license for that state today the answers are kept, the desk is asked to call, and the
    patient does not enter: the row says `is_licensed`. `agreement` is None when an earlier word stands
    (`standing_consent`). A second request of somebody who waits already returns the first row. Raises RoomClosed, and
    SchedulingError when the visit can't begin any more.
    """
    visit = scheduling.lock(appointment)
    session = session_of(visit)
    session = VisitSession.objects.select_for_update().get(pk=session.pk)
    earlier = session.check_ins.filter(is_licensed=True).order_by("-at", "-pk").first()
    if session.state in HERE and earlier:
        return earlier
    if visit.status not in LIVE or not is_open(starts_at=visit.starts_at, ends_at=visit.ends_at, now=now):
        raise RoomClosed
    row = CheckIn.objects.create(
        session=session,
        at=now,
        is_licensed=_may_be_seen(visit, whereabouts.state, now),
        consent=_consent(visit, agreement, now),
        language=language,
        **asdict(whereabouts),
    )
    _note(visit, row)
    if row.is_licensed:
        _enter(visit, session, now)
    else:
        from_waiting.not_licensed(visit=visit, state=row.state, now=now)
    return row


def standing_consent(patient: Patient) -> ConsentRecord | None:
    """The patient's word on visits at a distance, if the newest one is a yes to today's wording."""
    newest = newest_consent(patient, ConsentRecord.Topic.TELEHEALTH)
    return newest if newest and newest.granted and newest.wording_version == CONSENT_VERSION else None


def _may_be_seen(visit: Appointment, state: str, now: datetime) -> bool:
    """Whether the provider holds a license for that state today, by the calendar there, else by the clinic's."""
    today = local_date(now, zone_of_state(state) or visit.clinic.time_zone)
    return visit.provider.licenses.filter(state=state).valid_on(today).exists()


def _consent(visit: Appointment, agreement: Agreement | None, now: datetime) -> ConsentRecord:
    standing = standing_consent(visit.patient)
    if standing:
        return standing
    if agreement is None:
        raise ValueError("Nobody is seen at a distance without having agreed to it.")
    return agreement.record(patient=visit.patient, by=None, now=now, clinic=visit.clinic)


def _enter(visit: Appointment, session: VisitSession, now: datetime) -> None:
    said = {"by": None, "by_label": ByLabel.PATIENT_LINK, "now": now}
    if session.state not in HERE:
        move(session=session, event=Event.ARRIVE, **said)
    if visit.status not in _PRESENT:
        arrive_visit(appointment=visit, **said)
    worklist.resolve(dedupe_key=from_waiting.key("license", visit), now=now)


def _note(visit: Appointment, row: CheckIn) -> None:
    audit.record(
        action="telehealth.checked_in",
        clinic=visit.clinic,
        patient=visit.patient,
        subject=visit.subject,
        detail={"state": row.state, "licensed": row.is_licensed, "check_in": row.public_id},
    )
