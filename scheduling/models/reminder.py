from django.db import models
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic
from common.models import BaseModel
from common.querysets import ScopedQuerySet


class ReminderStep(BaseModel):
    """One message of a clinic's cadence. offset_minutes: negative before the visit's start, positive after its end."""

    class Condition(models.TextChoices):
        ALWAYS = "always", _("Always")
        UNCONFIRMED = "unconfirmed", _("Only while not confirmed")
        COMPLETED = "completed", _("Only after a completed visit")
        NO_SHOW = "no_show", _("Only after a no-show")

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="reminder_steps")
    key = models.SlugField(
        _("key"), max_length=20, help_text=_("For example 72h; part of what makes a message unique.")
    )
    offset_minutes = models.IntegerField(_("minutes from the visit"))
    condition = models.CharField(_("condition"), max_length=12, choices=Condition.choices, default=Condition.ALWAYS)
    template_key = models.SlugField(_("template"), max_length=40)
    by_email = models.BooleanField(_("by e-mail as well"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(fields=["clinic", "key"], name="scheduling_reminder_key"),
            models.CheckConstraint(
                condition=models.Q(condition__in=["always", "unconfirmed", "completed", "no_show"]),
                name="scheduling_reminder_condition",
            ),
        ]

    def __str__(self) -> str:
        return self.key
