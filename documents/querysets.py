from accounts.permissions import Permission
from common.querysets import ScopedQuerySet


class DocumentQuerySet(ScopedQuerySet):
    view_permission = Permission.DOCUMENT_VIEW

    def cards_of(self, patient):
        """The patient's insurance cards, newest first."""
        return self.filter(patient=patient, kind="insurance_card").order_by("-uploaded_at", "-pk")
