"""The audit trail's one way in: a row for every write, every page that shows patient data, every refusal.

A row is written in the caller's transaction and nothing catches its failure: what cannot be recorded does not happen.
Rows hold identifiers and codes, never what they point to.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from common import request_id
from compliance import context
from compliance.details import checked_detail

OK = "ok"
REFUSED = "refused"
FAILED = "failed"
OUTCOMES = frozenset({OK, REFUSED, FAILED})

_INSERT = """
    INSERT INTO audit.event (actor_id, actor_label, role, clinic_id, patient_id, patient_ids, action, subject,
                             outcome, purpose, detail, ip, request_id)
    VALUES """
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s)"
_collected: ContextVar[list[list] | None] = ContextVar("audit_collected", default=None)


def public_id_of(thing) -> str:
    """The public id of a model instance, or the id itself when it is one already; empty for nothing."""
    if not thing:
        return ""
    return thing if isinstance(thing, str) else thing.public_id


def record(
    *,
    action: str,
    actor=None,
    actor_label: str = "",
    clinic=None,
    patient=None,
    patients: Iterable | None = None,
    subject: str = "",
    outcome: str = OK,
    purpose: str = "",
    detail: dict | None = None,
    request=None,
) -> None:
    """Write one row of the audit trail, in the current transaction.

    `action` is `<app>.<what happened>` (`scheduling.appointment_cancelled`). `actor` is a user; without one it is the
    user of the current request, and without that either, `actor_label`, the service of the current task, or the role
    that the request plays (`patient`). `clinic`,
    `patient` and each of `patients` are instances with a `public_id`, or public ids. `subject` says what was acted on
    (`visit:<public id>`). `detail` holds codes, counts and ids only; ValueError if it holds anything else.
    """
    if outcome not in OUTCOMES:
        raise ValueError(f"An outcome is one of {sorted(OUTCOMES)}.")
    about = context.current(request)
    actor = actor or _user_of(about.request)
    row = [
        public_id_of(actor),
        _label(actor) or actor_label or about.service or about.role or "system",
        about.role,
        public_id_of(clinic),
        public_id_of(patient),
        [public_id_of(one) for one in patients or ()],
        action,
        subject,
        outcome,
        purpose or about.purpose,
        checked_detail(detail),
        about.ip,
        request_id.current(),
    ]
    collected = _collected.get()
    if collected is None:
        _write([row])
    else:
        collected.append(row)


@contextmanager
def together() -> Iterator[None]:
    """A transaction whose audit rows are written in one statement at its end: for an action that calls several.

    A failure inside leaves neither the writes nor the rows. Nothing inside may catch the failure of an audited write.
    """
    with transaction.atomic():
        rows: list[list] = []
        token = _collected.set(rows)
        try:
            yield
        finally:
            _collected.reset(token)
        _write(rows)


def _write(rows: list[list]) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(_INSERT + ", ".join([_ROW] * len(rows)), [value for row in rows for value in row])


def record_view(request, patients, page: str, *, clinic=None, purpose: str = "", detail: dict | None = None) -> None:
    """Write down, before the page is rendered, that `page` shows data of these patients.

    One patient or many: a list or board is one row with all its patients, not one row each. No patient, no row.
    """
    one = isinstance(patients, str) or not hasattr(patients, "__iter__")
    shown = [patients] if one else list(patients)
    if not shown:
        return
    record(
        action="page.viewed",
        clinic=clinic,
        patient=shown[0] if len(shown) == 1 else None,
        patients=shown if len(shown) > 1 else None,
        subject=f"page:{page}",
        purpose=purpose,
        detail=detail,
        request=request,
    )


def _user_of(request):
    user = getattr(request, "user", None)
    return user if getattr(user, "is_authenticated", False) else None


def _label(actor) -> str:
    """The name of a member of staff as an auditor reads it; for anyone else what kind of actor it is. No e-mail."""
    if actor is None or isinstance(actor, str):
        return ""
    return actor.get_full_name() if hasattr(actor, "get_full_name") else actor._meta.model_name
