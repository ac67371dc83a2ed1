"""The one way from a user to the rows that user may see."""

from functools import wraps

from django.db import models


def sees_rows(user) -> bool:
    """Whether rows may be shown to `user` at all: never to visitors, never to the deactivated."""
    return getattr(user, "is_authenticated", False) and user.is_active


class ScopedQuerySet(models.QuerySet):
    """Rows that belong to a clinic.

    `scope` is the lookup path from the model to its clinic (or clinic id); `view_permission` narrows the user's
    clinics to those where the user holds it. A superuser is scoped by memberships like everyone else. A subclass
    may write its own `visible_to`: visitors and deactivated users never get as far as that.
    """

    scope: str = "clinic"
    view_permission: str | None = None

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if own := cls.__dict__.get("visible_to"):
            cls.visible_to = _to_active_users(own)

    def visible_to(self, user):
        """The rows `user` may see."""
        if not sees_rows(user):
            return self.none()
        return self.filter(**{f"{self.scope}__in": user.clinic_ids(self.view_permission)})


def _to_active_users(visible_to):
    @wraps(visible_to)
    def guarded(self, user):
        return visible_to(self, user) if sees_rows(user) else self.none()

    return guarded
