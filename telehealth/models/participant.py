from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField
from common.models import BaseModel
from telehealth.models.session import VisitSession
from telehealth.querysets import InviteQuerySet, OfSessionQuerySet
from telehealth.states import Role


class Participant(BaseModel):
    """Somebody with a seat in a visit. One browser at a time sits on it: the one that knows the seat's secret."""

    session = models.ForeignKey(VisitSession, on_delete=models.CASCADE, related_name="participants")
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = EncryptedTextField(_("name"), blank=True, default="")
    language = models.CharField(_("language"), max_length=40, blank=True)
    seat_hash = models.CharField(max_length=64, blank=True, help_text=_("SHA-256 of the browser's secret."))
    seated_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = OfSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [
            models.UniqueConstraint(fields=["session"], condition=Q(role="patient"), name="telehealth_one_patient"),
            models.UniqueConstraint(
                fields=["session", "user"], condition=Q(user__isnull=False), name="telehealth_one_seat_a_user"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="telehealth_participant_role"),
        ]

    def __str__(self) -> str:
        return f"Participant {self.public_id}"


class Invite(BaseModel):
    """A guest's or interpreter's own link. Opening it changes nothing; only the token's SHA-256 is stored."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="invites")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    first_opened_at = models.DateTimeField(null=True, blank=True)

    objects = InviteQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"Invitation {self.public_id}"
