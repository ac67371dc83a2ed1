from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic, Provider
from common.models import BaseModel
from common.querysets import ScopedQuerySet
from common.us import STATES
from scheduling.models.appointment import Appointment
from scheduling.models.visit_type import VisitType
from scheduling.querysets import BookingResourceQuerySet


class Hold(BaseModel):
    """A time kept for somebody who is still filling in the form, until expires_at."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")
    visit_type = models.ForeignKey(VisitType, on_delete=models.CASCADE, related_name="+")
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="+")
    patient_state = models.CharField(max_length=2, choices=STATES)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    holder = models.CharField(max_length=32, blank=True, help_text=_("For whom, by a name of the app above; or empty."))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="scheduling_hold_order")]

    def __str__(self) -> str:
        return f"Hold {self.public_id}"


class BookingResource(models.Model):
    """A stretch of time taken from a provider or a patient (later: an interpreter, a kit) by one visit or one hold.

    The exclusion constraint makes two overlapping live rows of one resource impossible. Rows are written only by
    `scheduling.booking.take`, with ON CONFLICT DO NOTHING: a plain insert deadlocks when many want the same time.
    """

    resource = models.CharField(max_length=40, help_text=_("provider:<id> or patient:<id>"))
    during = DateTimeRangeField()
    live = models.BooleanField(default=True)
    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, null=True, blank=True, related_name="resources"
    )
    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, null=True, blank=True, related_name="resources")
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = BookingResourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("taken time")
        verbose_name_plural = _("taken times")
        constraints = [
            ExclusionConstraint(
                name="scheduling_no_double_booking",
                expressions=[("resource", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(live=True),
                violation_error_message=_("This time is already taken."),
            ),
            models.CheckConstraint(
                condition=(Q(appointment=None) & Q(hold__isnull=False) & Q(expires_at__isnull=False))
                | (Q(appointment__isnull=False) & Q(hold=None) & Q(expires_at=None)),
                name="scheduling_resource_owner",
            ),
            models.CheckConstraint(condition=Q(during__isempty=False), name="scheduling_resource_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.resource} {self.pk}"
