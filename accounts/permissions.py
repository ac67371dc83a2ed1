"""Who may do what: roles are sets of permissions, held per clinic through a membership."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """One right. Views, selectors and the admin name these; nothing checks a role by name."""

    DESK_VIEW = "desk.view"
    VISIT_VIEW = "visit.view"  # every visit of the clinic
    VISIT_VIEW_OWN = "visit.view_own"  # visits whose provider is the user
    VISIT_BOOK = "visit.book"  # book, move, cancel
    VISIT_CONDUCT = "visit.conduct"  # arrived, in visit, completed, no-show
    PATIENT_VIEW = "patient.view"
    PATIENT_VIEW_OWN = "patient.view_own"
    PATIENT_EDIT = "patient.edit"
    PATIENT_MERGE = "patient.merge"
    NOTE_WRITE = "note.write"
    MESSAGE_VIEW = "message.view"
    MESSAGE_SEND = "message.send"
    TASK_VIEW = "task.view"
    TASK_EDIT = "task.edit"
    INSURANCE_VIEW = "insurance.view"
    INSURANCE_EDIT = "insurance.edit"
    DOCUMENT_VIEW = "document.view"
    EXPORT = "export"
    AUDIT_VIEW = "audit.view"
    SETUP = "setup"  # the Django admin: what a clinic sets up
    USERS_EDIT = "users.edit"


class Role(TextChoices):
    COORDINATOR = "coordinator", _("Coordinator")
    PROVIDER = "provider", _("Provider")
    INSURANCE = "insurance", _("Insurance specialist")
    SUPERVISOR = "supervisor", _("Supervisor")
    ADMIN = "admin", _("Administrator")


_DESK = frozenset(
    {
        Permission.DESK_VIEW,
        Permission.VISIT_VIEW,
        Permission.VISIT_BOOK,
        Permission.VISIT_CONDUCT,
        Permission.PATIENT_VIEW,
        Permission.PATIENT_EDIT,
        Permission.NOTE_WRITE,
        Permission.MESSAGE_VIEW,
        Permission.MESSAGE_SEND,
        Permission.TASK_VIEW,
        Permission.TASK_EDIT,
        Permission.INSURANCE_VIEW,
        Permission.DOCUMENT_VIEW,
    }
)

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.COORDINATOR: _DESK,
    Role.PROVIDER: frozenset(
        {
            Permission.DESK_VIEW,
            Permission.VISIT_VIEW_OWN,
            Permission.VISIT_CONDUCT,
            Permission.PATIENT_VIEW_OWN,
            Permission.NOTE_WRITE,
            Permission.TASK_VIEW,
        }
    ),
    Role.INSURANCE: frozenset(
        {
            Permission.DESK_VIEW,
            Permission.VISIT_VIEW,
            Permission.PATIENT_VIEW,
            Permission.INSURANCE_VIEW,
            Permission.INSURANCE_EDIT,
            Permission.DOCUMENT_VIEW,
            Permission.TASK_VIEW,
            Permission.TASK_EDIT,
        }
    ),
    Role.SUPERVISOR: _DESK | {Permission.PATIENT_MERGE, Permission.EXPORT, Permission.INSURANCE_EDIT},
    Role.ADMIN: frozenset({Permission.SETUP, Permission.USERS_EDIT, Permission.AUDIT_VIEW}),
}
