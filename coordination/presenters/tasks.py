"""A task as a line: what to do, about what, until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from common.timefmt import format_clock, format_day
from common.timeutil import local_date
from coordination.device_words import device_call
from coordination.presenters.causes import cause_of
from worklist.models import Task

_ICONS = {
    Task.Kind.MANUAL: "square-check-big",
    Task.Kind.FAILED_MESSAGE: "message-circle-x",
    Task.Kind.UNCLEAR_REPLY: "message-circle-question-mark",
    Task.Kind.UNCONFIRMED: "circle-question-mark",
    Task.Kind.REOFFER: "calendar-sync",
    Task.Kind.TECH_CHECK: "monitor-x",
    Task.Kind.PROVIDER_LATE: "clock-alert",
    Task.Kind.CALL_PATIENT: "phone-outgoing",
    Task.Kind.NO_SHOW: "user-x",
    Task.Kind.EMERGENCY: "siren",
}
_PAGES = {"visit": "coordination:visit", "conversation": "coordination:conversation"}


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One line of the task list."""

    task: Task
    title: str
    icon: str
    url: str
    patient: str
    patient_url: str
    due: str
    is_overdue: bool
    owner: str
    is_done: bool
    snoozed: str
    cause: str
    other_url: str  # where a message that failed goes out another way


def task_line(task: Task, now: datetime) -> TaskLine:
    zone = task.clinic.zone
    is_open = task.status == Task.Status.OPEN
    snoozed = task.snoozed_until if is_open and task.snoozed_until and task.snoozed_until > now else None
    return TaskLine(
        task=task,
        title=task.title or task.get_kind_display(),
        icon=_ICONS[task.kind],
        url=subject_url(task.subject),
        patient=task.patient.display_name if task.patient else "",
        patient_url=reverse("coordination:patient", args=[task.patient.public_id]) if task.patient else "",
        due=moment_words(task.due_at, now, zone),
        is_overdue=is_open and not snoozed and task.due_at < now,
        owner=str(task.owner) if task.owner else "",
        is_done=not is_open,
        snoozed=moment_words(snoozed, now, zone) if snoozed else "",
        cause=task_cause(task),
        other_url=f"{reverse('coordination:inbox')}?queue=failed" if is_open and _has_failed(task) else "",
    )


def task_cause(task: Task) -> str:
    """Why a message did not arrive or a device test failed, and what to try; empty for tasks of other kinds."""
    if task.kind == Task.Kind.TECH_CHECK:
        return device_call(task.cause)
    return cause_of(task.cause, task.cause) if _has_failed(task) and task.cause else ""


def _has_failed(task: Task) -> bool:
    return task.kind == Task.Kind.FAILED_MESSAGE


def subject_url(subject: str) -> str:
    """The page of what a task is about; empty for a subject that has none."""
    kind, _colon, public_id = subject.partition(":")
    return reverse(_PAGES[kind], args=[public_id]) if kind in _PAGES else ""


def moment_words(moment: datetime, now: datetime, zone) -> str:
    """ "2:30 PM" today, "tomorrow, 9:00 AM", else with the day."""
    clock = format_clock(moment, zone, abbreviation=False)
    day, today = local_date(moment, zone), local_date(now, zone)
    if day == today:
        return clock
    if day == today + timedelta(days=1):
        return _("tomorrow, %(clock)s") % {"clock": clock}
    return f"{format_day(day)}, {clock}"
