"""From a public id in an address to a row the user may see, and what may be done with it. Refusals are written down."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from accounts.permissions import Permission
from accounts.scope import visible_or_404
from compliance import audit
from messaging.models import Conversation, Message
from patients.models import Patient
from scheduling.models import Appointment
from worklist.models import Task

_REFUSED = "coordination.refused"


def visit_or_404(request: HttpRequest, public_id: str) -> Appointment:
    """The visit with the people on it; out of scope is 404."""
    return _get(request, Appointment.objects.visible_to(request.user).with_people(), public_id)


def patient_or_404(request: HttpRequest, public_id: str) -> Patient:
    """A patient the user may see, also one whose record was merged into another."""
    rows = Patient.objects.visible_to(request.user)
    return _get(request, rows.select_related("organization", "merged_into"), public_id)


def current_patient_or_404(request: HttpRequest, public_id: str) -> Patient:
    """A patient whose record may be written to: one that was merged into another is only read."""
    found = patient_or_404(request, public_id)
    if found.merged_into_id:
        raise Http404
    return found


def task_or_404(request: HttpRequest, public_id: str) -> Task:
    rows = Task.objects.visible_to(request.user)
    return _get(request, rows.select_related("clinic", "patient", "owner"), public_id)


def conversation_or_404(request: HttpRequest, public_id: str) -> Conversation:
    rows = Conversation.objects.visible_to(request.user)
    return _get(request, rows.select_related("clinic__organization", "patient", "assigned_to"), public_id)


def message_or_404(request: HttpRequest, public_id: str) -> Message:
    return _get(request, Message.objects.visible_to(request.user).select_related("clinic", "patient"), public_id)


def held_at(request: HttpRequest, clinic) -> frozenset[Permission]:
    """What the user may do at the clinic."""
    return request.user.grants().get(clinic.pk, frozenset())


def check_held(request: HttpRequest, clinic, *any_of: Permission) -> None:
    """Raises PermissionDenied unless the user holds one of the rights at this clinic, not merely at some other one."""
    if held_at(request, clinic).intersection(any_of):
        return
    _note_refusal(request, f"page:{request.resolver_match.view_name}", clinic=clinic)
    raise PermissionDenied


def _get(request: HttpRequest, rows: QuerySet, public_id: str):
    return visible_or_404(request, rows, public_id, refusal=_REFUSED)


def _note_refusal(request: HttpRequest, subject: str, **about) -> None:
    audit.record(action=_REFUSED, subject=subject, outcome=audit.REFUSED, request=request, **about)
