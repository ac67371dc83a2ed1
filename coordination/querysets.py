from django.db.models import Q

from accounts.permissions import Permission
from common.querysets import ScopedQuerySet


class SavedViewQuerySet(ScopedQuerySet):
    view_permission = Permission.DESK_VIEW

    def visible_to(self, user):
        """One's own, and what colleagues of the same clinics share."""
        return self.filter(Q(owner=user) | Q(shared=True), clinic__in=user.clinic_ids(self.view_permission))
