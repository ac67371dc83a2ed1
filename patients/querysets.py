from django.db.models import Exists, OuterRef, Q

from accounts.permissions import Permission
from common.querysets import ScopedQuerySet


class PatientQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Patients registered at a clinic where the user may see patients, and those with a visit of the user's own."""
        at_clinics = Q(clinics__in=user.clinic_ids(Permission.PATIENT_VIEW))
        own = Q(
            appointments__provider__user=user,
            appointments__clinic__in=user.clinic_ids(Permission.PATIENT_VIEW_OWN),
        )
        mine = self.model.objects.filter(at_clinics | own, pk=OuterRef("pk"))
        return self.filter(Exists(mine))

    def current(self):
        """Without records that were merged into another."""
        return self.filter(merged_into=None)


class PatientScopedQuerySet(ScopedQuerySet):
    """Rows that belong to one patient: visible to whoever may see the patient."""

    def visible_to(self, user):
        patients = self.model._meta.get_field("patient").related_model
        return self.filter(patient__in=patients.objects.visible_to(user))


class PatientMergeQuerySet(ScopedQuerySet):
    """Visible to whoever may see the record that was kept."""

    def visible_to(self, user):
        patients = self.model._meta.get_field("kept").related_model
        return self.filter(kept__in=patients.objects.visible_to(user))
