"""What the desk itself keeps; all else belongs to the apps below."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic
from common.ids import PUBLIC_ID_LENGTH
from common.models import BaseModel
from coordination.querysets import SavedViewQuerySet


class Show(models.TextChoices):
    """Which visits of a day the board shows: its filters, each a counter."""

    ALL = "all", _("All visits")
    UNCONFIRMED = "unconfirmed", _("Not confirmed")
    INSURANCE = "insurance", _("Insurance open")
    WAITING = "waiting", _("Waiting now")


class SavedView(BaseModel):
    """A filter of the board under a name: for oneself, or shared with everybody at the clinic's desk.

    `providers` are public ids; none means everybody's visits.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=40)
    show = models.CharField(_("visits"), max_length=12, choices=Show.choices, default=Show.ALL)
    providers = ArrayField(models.CharField(max_length=PUBLIC_ID_LENGTH), verbose_name=_("providers"), default=list)
    shared = models.BooleanField(_("for the whole team"), default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("view of the desk")
        verbose_name_plural = _("views of the desk")
        constraints = [
            models.CheckConstraint(condition=models.Q(show__in=Show.values), name="coordination_view_show"),
            models.UniqueConstraint(
                fields=["clinic", "owner", "name"],
                name="coordination_view_name",
                violation_error_message=_("You have a view of this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
