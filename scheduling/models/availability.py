from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic, Provider
from common.models import BaseModel
from scheduling.querysets import AvailabilityQuerySet


class Weekday(models.IntegerChoices):
    """As date.weekday(): Monday is 0."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class AvailabilityRule(BaseModel):
    """A weekly window in the provider's own time zone, at one clinic. valid_until is the last day it holds."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="availability_rules")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="availability_rules")
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday.choices)
    start_time = models.TimeField(_("from"))
    end_time = models.TimeField(_("to"))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = AvailabilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("weekly hours")
        verbose_name_plural = _("weekly hours")
        constraints = [
            models.CheckConstraint(
                condition=Q(end_time__gt=F("start_time")),
                name="scheduling_rule_order",
                violation_error_message=_("The end must come after the start."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="scheduling_rule_validity",
                violation_error_message=_("The last day can't be before the first."),
            ),
            models.CheckConstraint(condition=Q(weekday__in=Weekday.values), name="scheduling_rule_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.start_time:%H:%M}–{self.end_time:%H:%M}"


class AvailabilityException(BaseModel):
    """One date that differs from the weekly hours: extra hours, or time off (without times: the whole day)."""

    class Kind(models.TextChoices):
        EXTRA = "extra", _("Extra hours")
        OFF = "off", _("Time off")

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="availability_exceptions")
    clinic = models.ForeignKey(
        Clinic,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        help_text=_("Extra hours belong to one clinic; time off counts everywhere."),
    )
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    date = models.DateField(_("date"))
    start_time = models.TimeField(_("from"), null=True, blank=True)
    end_time = models.TimeField(_("to"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=120, blank=True)

    objects = AvailabilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("changed hours")
        verbose_name_plural = _("changed hours")
        indexes = [models.Index(fields=["provider", "date"], name="scheduling_exception_date")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="off", start_time=None, end_time=None)
                | Q(start_time__isnull=False, end_time__isnull=False, end_time__gt=F("start_time")),
                name="scheduling_exception_times",
                violation_error_message=_(
                    "Give both times, the end after the start; only time off may be a whole day."
                ),
            ),
            models.CheckConstraint(
                condition=Q(kind="off") | Q(clinic__isnull=False),
                name="scheduling_exception_clinic",
                violation_error_message=_("Extra hours need a clinic."),
            ),
            models.CheckConstraint(condition=Q(kind__in=["extra", "off"]), name="scheduling_exception_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.date}"
