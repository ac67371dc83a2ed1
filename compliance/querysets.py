"""Reading the audit trail."""

from django.db.models import Q

from common.querysets import ScopedQuerySet


class AuditEventQuerySet(ScopedQuerySet):
    view_permission = "audit.view"

    def visible_to(self, user):
        """A user's own acts, and everything at the clinics where the user may read the audit trail.

        The user names clinics by public id here (`user.clinic_public_ids(permission)`): events hold no keys.
        """
        return self.filter(Q(actor_id=user.public_id) | Q(clinic_id__in=user.clinic_public_ids(self.view_permission)))

    def about_patient(self, public_id: str):
        """Events about one patient, alone or as one of many on a page."""
        return self.filter(Q(patient_id=public_id) | Q(patient_ids__contains=[public_id]))

    def of_request(self, request_id: str):
        """Everything one request did."""
        return self.filter(request_id=request_id)
