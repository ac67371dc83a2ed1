"""Reading the audit trail."""

from django.db.models import Q

from common.querysets import ScopedQuerySet


def about_any_patient(public_ids: list[str]) -> Q:
    """Events about one of these patients, alone or as one of many on a page."""
    # The partial index over the lists is only used where the query says itself that the list is not empty.
    return Q(patient_id__in=public_ids) | (Q(patient_ids__overlap=public_ids) & ~Q(patient_ids=[]))


class AuditEventQuerySet(ScopedQuerySet):
    view_permission = "audit.view"

    def visible_to(self, user):
        """A user's own acts, and everything at the clinics where the user may read the audit trail.

        The user names clinics by public id here (`user.clinic_public_ids(permission)`): events hold no keys.
        """
        return self.filter(Q(actor_id=user.public_id) | Q(clinic_id__in=user.clinic_public_ids(self.view_permission)))

    def about_patient(self, public_id: str):
        """Events about one patient, alone or as one of many on a page."""
        return self.filter(about_any_patient([public_id]))

    def newest_first(self):
        """By time, not by id: with a limit, an order by id tempts the planner to read the whole trail backwards."""
        return self.order_by("-at", "-id")
