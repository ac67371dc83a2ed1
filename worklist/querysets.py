from datetime import datetime

from django.db.models import Q

from accounts.permissions import Permission
from common.querysets import ScopedQuerySet


class TaskQuerySet(ScopedQuerySet):
    view_permission = Permission.TASK_VIEW

    def visible_to(self, user):
        """All tasks of the clinics where the user may see every patient.

        Where only the user's own patients: tasks about these, tasks about nobody, and tasks handed to the user.
        """
        clinics = set(user.clinic_ids(Permission.TASK_VIEW))
        whole = clinics.intersection(user.clinic_ids(Permission.PATIENT_VIEW))
        if clinics == whole:
            return self.filter(clinic__in=whole)
        patients = self.model._meta.get_field("patient").related_model
        own = Q(patient=None) | Q(owner=user) | Q(patient__in=patients.objects.visible_to(user))
        return self.filter(Q(clinic__in=whole) | (Q(clinic__in=clinics - whole) & own))

    def open(self):
        return self.filter(status="open")

    def active(self, now: datetime):
        """Open and not snoozed."""
        return self.open().filter(Q(snoozed_until=None) | Q(snoozed_until__lte=now))

    def overdue(self, now: datetime):
        return self.active(now).filter(due_at__lt=now)
