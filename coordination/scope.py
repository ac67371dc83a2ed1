"""From a public id in an address to a row the user may see, and what the user may do with it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from accounts.permissions import Permission
from messaging.models import Conversation, Message
from patients.models import Patient
from scheduling.models import Appointment
from worklist.models import Task


def visit_or_404(request: HttpRequest, public_id: str) -> Appointment:
    """The visit with the people on it; out of scope is 404."""
    return _get(Appointment.objects.visible_to(request.user).with_people(), public_id)


def patient_or_404(request: HttpRequest, public_id: str) -> Patient:
    """A patient the user may see, also one whose record was merged into another."""
    return _get(Patient.objects.visible_to(request.user).select_related("organization", "merged_into"), public_id)


def task_or_404(request: HttpRequest, public_id: str) -> Task:
    return _get(Task.objects.visible_to(request.user).select_related("clinic", "patient", "owner"), public_id)


def conversation_or_404(request: HttpRequest, public_id: str) -> Conversation:
    rows = Conversation.objects.visible_to(request.user)
    return _get(rows.select_related("clinic__organization", "patient", "assigned_to"), public_id)


def message_or_404(request: HttpRequest, public_id: str) -> Message:
    return _get(Message.objects.visible_to(request.user).select_related("clinic", "patient"), public_id)


def held_at(request: HttpRequest, clinic) -> frozenset[Permission]:
    """What the user may do at the clinic."""
    return request.user.grants().get(clinic.pk, frozenset())


def check_held(request: HttpRequest, clinic, *any_of: Permission) -> None:
    """Raises PermissionDenied unless the user holds one of the rights at this clinic, not merely at some other one."""
    if not held_at(request, clinic).intersection(any_of):
        raise PermissionDenied


def _get(rows, public_id: str):
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row
