from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import ROLE_PERMISSIONS, Permission
from common.models import BaseModel
from common.querysets import sees_rows


class UserManager(BaseUserManager):
    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def visible_to(self, user: "User") -> models.QuerySet:
        """Colleagues: users with a membership at one of the user's clinics, and the user."""
        if not sees_rows(user):
            return self.none()
        return self.filter(models.Q(memberships__clinic_id__in=user.clinic_ids()) | models.Q(pk=user.pk)).distinct()


class User(AbstractBaseUser, PermissionsMixin, BaseModel):
    """A member of staff. What the user may do follows from memberships (user, clinic, role)."""

    class Density(models.TextChoices):
        COMPACT = "compact", _("Compact")
        NORMAL = "normal", _("Normal")
        COMFORTABLE = "comfortable", _("Comfortable")

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the set-up pages"), default=False)
    date_joined = models.DateTimeField(default=timezone.now)
    density = models.CharField(max_length=12, choices=Density.choices, default=Density.NORMAL)
    shortcuts_enabled = models.BooleanField(_("keyboard shortcuts"), default=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_ci")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]

    def grants(self) -> dict[int, frozenset[Permission]]:
        """Clinic id → permissions. One query, kept for the life of this instance (a request); never in the session."""
        if not hasattr(self, "_grants"):
            held: dict[int, frozenset[Permission]] = {}
            rows = self.memberships.filter(clinic__is_active=True).values_list("clinic_id", "role")
            rows = list(rows) if self.is_active else []
            for clinic_id, role in rows:
                held[clinic_id] = held.get(clinic_id, frozenset()) | ROLE_PERMISSIONS[role]
            self._grants = held
            self._roles = ",".join(sorted({role for _clinic_id, role in rows}))
        return self._grants

    def roles(self) -> str:
        """The user's roles as the audit trail writes them (`coordinator,supervisor`); asks no more than `grants`."""
        self.grants()
        return self._roles

    def clinic_ids(self, *any_of: Permission | None) -> list[int]:
        """Ids of the clinics where the user holds any of the permissions (any membership when none is named)."""
        wanted = {permission for permission in any_of if permission}
        return [clinic_id for clinic_id, held in self.grants().items() if not wanted or wanted & held]

    def clinic_public_ids(self, *any_of: Permission | None) -> list[str]:
        """The same clinics by public id, as the audit trail names them."""
        held = self.memberships.filter(clinic_id__in=self.clinic_ids(*any_of))
        return list(held.values_list("clinic__public_id", flat=True).distinct())

    def can(self, permission: Permission, clinic=None) -> bool:
        """Whether the user holds the permission at the clinic, or anywhere when no clinic is given."""
        if clinic is None:
            return bool(self.clinic_ids(permission))
        return permission in self.grants().get(clinic.pk, frozenset())
