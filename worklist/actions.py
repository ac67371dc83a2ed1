"""Every change to a task: opened by hand or by a rule, taken over, put off, done, set back."""

from datetime import datetime

from django.db import transaction

from accounts.permissions import Permission
from common import live
from compliance import audit
from worklist.errors import OwnerOutsideClinicError, TaskClosedError
from worklist.models import Task

DONE = "done"
RESOLVED = "resolved"


@transaction.atomic
def open_task(
    *,
    clinic,
    kind: str,
    due_at: datetime,
    now: datetime,
    subject: str = "",
    patient=None,
    title: str = "",
    priority: int = Task.Priority.NORMAL,
    owner=None,
    dedupe_key: str = "",
    cause: str = "",
    by=None,
) -> Task:
    """Open a task, or return the open one that has the same dedupe key (then nothing is written).

    `title` is for tasks by hand; a rule's task is named by its kind, and `cause` is a code for why it was opened (no
    PHI). `by` is None when a rule opens it.
    """
    if owner is not None:
        _check_owner(owner, clinic)
    task = Task(
        clinic=clinic,
        kind=kind,
        subject=subject,
        patient=patient,
        title=title,
        priority=priority,
        owner=owner,
        dedupe_key=dedupe_key,
        cause=cause[:40],
        due_at=due_at,
        opened_at=now,
        opened_by=by,
    )
    if not dedupe_key:
        task.save(force_insert=True)
    elif (standing := _insert_unless_open(task)) is not task:
        return standing
    _note("task_opened", task, by=by, kind=kind, due=due_at)
    return task


@transaction.atomic
def complete(*, task: Task, by, now: datetime) -> Task:
    """Mark as done. A task that is done stays as it is."""
    task = _locked(task)
    if task.status == Task.Status.DONE:
        return task
    _close(task, outcome=DONE, by=by, now=now)
    _note("task_done", task, by=by)
    return task


@transaction.atomic
def resolve(*, now: datetime, dedupe_key: str = "", subject: str = "", kind: str = "") -> int:
    """Close the open tasks whose cause went away, named by dedupe key or by subject and kind; how many there were."""
    if not (dedupe_key or (subject and kind)):
        raise ValueError("Name the tasks by dedupe_key, or by subject and kind.")
    named = {"dedupe_key": dedupe_key} if dedupe_key else {"subject": subject, "kind": kind}
    tasks = list(Task.objects.open().filter(**named).select_for_update().order_by("pk"))
    for task in tasks:
        _close(task, outcome=RESOLVED, by=None, now=now)
        _note("task_resolved", task)
    return len(tasks)


@transaction.atomic
def reopen(*, task: Task, by, now: datetime) -> Task:
    """Set a done task back to open (undo). Returns the standing one when its rule has opened another since."""
    task = _locked(task)
    if task.status == Task.Status.OPEN:
        return task
    standing = Task.objects.open().filter(dedupe_key=task.dedupe_key).first() if task.dedupe_key else None
    if standing:
        return standing
    task.status, task.done_at, task.done_by, task.outcome = Task.Status.OPEN, None, None, ""
    task.save(update_fields=["status", "done_at", "done_by", "outcome"])
    _note("task_reopened", task, by=by)
    return task


@transaction.atomic
def unresolve(*, dedupe_key: str, by, now: datetime) -> Task | None:
    """Its cause is back: open the task again that `resolve` closed last; None when there is none.

    What a colleague has ticked off stays done.
    """
    asked = Task.objects.filter(dedupe_key=dedupe_key).order_by("-opened_at", "-pk").first()
    if asked is None or asked.outcome != RESOLVED:
        return None
    return reopen(task=asked, by=by, now=now)


@transaction.atomic
def snooze(*, task: Task, until: datetime | None, by, now: datetime) -> Task:
    """Hide the task until then; None shows it again at once. Raises TaskClosedError, ValueError for a past moment."""
    if until is not None and until <= now:
        raise ValueError("A task is put off to a moment that is still to come.")
    task = _locked_open(task)
    task.snoozed_until = until
    task.save(update_fields=["snoozed_until"])
    _note("task_snoozed", task, by=by, until=until)
    return task


@transaction.atomic
def assign(*, task: Task, owner, by, now: datetime) -> Task:
    """Give the task to a colleague of the clinic, or to the whole team (None).

    Raises TaskClosedError, OwnerOutsideClinicError.
    """
    task = _locked_open(task)
    if owner is not None:
        _check_owner(owner, task.clinic)
    task.owner = owner
    task.save(update_fields=["owner"])
    _note("task_assigned", task, by=by, owner=owner.public_id if owner else None)
    return task


def _insert_unless_open(task: Task) -> Task:
    """The task itself when it was written, else the open one with its key. The database decides, so races are safe."""
    while True:
        Task.objects.bulk_create([task], ignore_conflicts=True)
        standing = Task.objects.open().filter(dedupe_key=task.dedupe_key).first()
        if standing is not None:  # None: the one in the way was closed between the two statements
            break
    if standing.public_id != task.public_id:
        return standing
    task.pk = standing.pk
    return task


def _locked(task: Task) -> Task:
    return Task.objects.select_for_update(of=("self",)).select_related("clinic", "patient").get(pk=task.pk)


def _locked_open(task: Task) -> Task:
    task = _locked(task)
    if task.status != Task.Status.OPEN:
        raise TaskClosedError
    return task


def _check_owner(owner, clinic) -> None:
    if not owner.can(Permission.TASK_VIEW, clinic):
        raise OwnerOutsideClinicError


def _close(task: Task, *, outcome: str, by, now: datetime) -> None:
    task.status, task.outcome, task.done_at, task.done_by = Task.Status.DONE, outcome, now, by
    task.save(update_fields=["status", "outcome", "done_at", "done_by"])


def _note(what: str, task: Task, *, by=None, **detail) -> None:
    audit.record(
        action=f"worklist.{what}",
        actor=by,
        clinic=task.clinic,
        patient=task.patient,
        subject=f"task:{task.public_id}",
        detail=detail,
    )
    subjects = [f"task:{task.public_id}"] + ([task.subject] if task.subject else [])
    live.changed(task.clinic.public_id, *subjects)
