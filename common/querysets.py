"""The one way from a user to the rows that user may see."""

from django.db import models


class ScopedQuerySet(models.QuerySet):
    """Rows that belong to a clinic.

    `scope` is the lookup path from the model to its clinic (or clinic id); `view_permission` narrows the user's
    clinics to those where the user holds it. A superuser is scoped by memberships like everyone else.
    """

    scope: str = "clinic"
    view_permission: str | None = None

    def visible_to(self, user):
        """The rows `user` may see; none for anonymous and deactivated users."""
        if not (getattr(user, "is_authenticated", False) and user.is_active):
            return self.none()
        return self.filter(**{f"{self.scope}__in": user.clinic_ids(self.view_permission)})
