"""Everything that happened with a patient, newest first, out of all apps, a page at a time."""

from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import takewhile

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.permissions import Permission
from clinics.models import Clinic
from compliance.models import AuditEvent
from messaging.models import InboundMessage, Message
from messaging.states import WAITING, Status
from patients.models import ConsentRecord, Note, Patient
from scheduling.models import AppointmentEvent
from worklist.models import Task

PAGE = 30
# Changes whose only history is the audit trail: it names what changed, never the values.
_RECORD_ACTIONS = (
    "patients.patient_created",
    "patients.patient_changed",
    "patients.contact_point_set",
    "patients.contact_point_marked",
    "patients.proxy_added",
    "patients.proxy_ended",
    "patients.contact_revealed",
    "patients.account_opened",
    "insurance.coverage_added",
    "insurance.coverage_changed",
)


@dataclass(frozen=True, slots=True)
class Happening:
    """`kind` says what `thing` is: visit, message, reply, note, task_opened, task_done, consent or record."""

    at: datetime
    kind: str
    thing: object


def timeline(
    user, patient: Patient, *, before: datetime | None = None, size: int = PAGE
) -> tuple[list[Happening], datetime | None]:
    """One page of happenings before a moment, and the moment before which the next page begins (None at the end).

    One query for each source, however long the history is. What happened in one moment stays on one page: an action
    writes to several sources with the same time.
    """
    sources = [_newest(rows, kind, field, before, size + 1) for kind, field, rows in _sources(user, patient)]
    found = list(merge(*sources, key=lambda one: one.at, reverse=True))
    if len(found) <= size:
        return found, None
    last = found[size - 1].at
    page = found[:size] + list(takewhile(lambda one: one.at == last, found[size:]))
    more = len(page) < len(found) or any(len(source) > size for source in sources)
    return page, (last if more else None)


def _newest(rows: QuerySet, kind: str, field: str, before: datetime | None, limit: int) -> list[Happening]:
    if before:
        rows = rows.filter(**{f"{field}__lt": before})
    return [Happening(getattr(row, field), kind, row) for row in rows.order_by(f"-{field}", "-pk")[:limit]]


def _sources(user, patient: Patient) -> list[tuple[str, str, QuerySet]]:
    tasks = Task.objects.visible_to(user).filter(patient=patient).select_related("owner", "opened_by", "done_by")
    notes = Note.objects.filter(clinic__in=_patient_clinics(user), patient=patient)
    events = AppointmentEvent.objects.visible_to(user).filter(appointment__patient=patient)
    sent = Message.objects.visible_to(user).filter(patient=patient).exclude(status__in=[*WAITING, Status.CANCELLED])
    sent = sent.annotate(when=Coalesce("sent_at", "closed_at", "due_at"))
    here = _patient_clinics(user)
    consents = ConsentRecord.objects.filter(Q(clinic__in=here) | Q(clinic=None), patient=patient)
    named = Clinic.objects.filter(pk__in=here).values("public_id")
    changes = AuditEvent.objects.filter(Q(clinic_id__in=named) | Q(clinic_id=""), patient_id=patient.public_id)
    return [
        ("visit", "at", events.select_related("by", "appointment__provider", "appointment__visit_type")),
        ("message", "when", sent.select_related("written_by")),
        ("reply", "received_at", InboundMessage.objects.visible_to(user).filter(patient=patient)),
        ("note", "written_at", notes.select_related("written_by")),
        ("task_opened", "opened_at", tasks),
        ("task_done", "done_at", tasks.filter(status=Task.Status.DONE)),
        ("consent", "recorded_at", consents.select_related("recorded_by")),
        ("record", "at", changes.filter(action__in=_RECORD_ACTIONS)),
    ]


def _patient_clinics(user) -> list[int]:
    return user.clinic_ids(Permission.PATIENT_VIEW, Permission.PATIENT_VIEW_OWN)
