"""Everything the desk shows about one visit."""

from operator import attrgetter

from django.db.models import QuerySet

from accounts.permissions import Permission
from common.timeutil import local_date
from coordination.selectors.board import with_readiness
from insurance.models import Coverage, VisitPayment
from messaging.selectors import Entry, for_subject
from patients.models import ContactPoint, Note
from scheduling.models import Appointment, AppointmentEvent
from telehealth.models import DeviceCheck
from worklist.models import Task


def ready_visit(visit: Appointment) -> Appointment:
    """The same visit with the facts of its readiness."""
    day = local_date(visit.starts_at, visit.clinic.zone)
    return with_readiness(Appointment.objects.filter(pk=visit.pk).with_people(), day).get()


def device_test(visit: Appointment) -> DeviceCheck | None:
    """The newest one."""
    return DeviceCheck.objects.filter(session__appointment=visit).order_by("-at", "-pk").first()


def contacts(visit: Appointment) -> list[ContactPoint]:
    """The patient's numbers and addresses, the preferred ones first."""
    return list(visit.patient.contact_points.order_by("-is_primary", "kind", "pk"))


def events(visit: Appointment) -> QuerySet[AppointmentEvent]:
    return visit.events.select_related("by").order_by("-at", "-pk")


def notes(visit: Appointment) -> QuerySet[Note]:
    return Note.objects.filter(subject=visit.subject).select_related("written_by").order_by("-written_at")


def open_tasks(user, visit: Appointment) -> QuerySet[Task]:
    return open_tasks_about(user, [visit.subject])


def open_tasks_about(user, subjects: list[str]) -> QuerySet[Task]:
    tasks = Task.objects.visible_to(user).open().filter(subject__in=subjects)
    return tasks.select_related("owner", "clinic").order_by("due_at")


def messages(user, visit: Appointment) -> list[Entry]:
    """What was said about the visit, newest first, then what was not: planned, or taken back.

    Empty for whoever may not read messages here.
    """
    if not user.can(Permission.MESSAGE_VIEW, visit.clinic):
        return []
    newest_first = for_subject(visit.subject)[::-1]
    return sorted(newest_first, key=attrgetter("ahead"))


def paid_by(visit: Appointment) -> str:
    """The public id of the coverage that pays for the visit, `self_pay`, or empty while nobody has said."""
    payment = VisitPayment.objects.filter(subject=visit.subject).select_related("coverage").first()
    if payment is None:
        return ""
    return payment.coverage.public_id if payment.coverage else payment.method


def active_coverages(visit: Appointment) -> QuerySet[Coverage]:
    return visit.patient.coverages.filter(is_active=True).order_by("payer_name", "pk")
