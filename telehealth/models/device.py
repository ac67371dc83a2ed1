from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import BaseModel
from telehealth.models.session import VisitSession
from telehealth.querysets import OfSessionQuerySet


class DeviceCheck(BaseModel):
    """Append-only: one run of the test page. No device labels and no addresses: kinds, figures and causes."""

    class Result(models.TextChoices):
        PASS = "pass", _("Works")
        WARN = "warn", _("Works, but weakly")
        FAIL = "fail", _("Does not work")

    session = models.ForeignKey(VisitSession, on_delete=models.CASCADE, related_name="device_checks")
    at = models.DateTimeField()
    result = models.CharField(_("result"), max_length=4, choices=Result.choices)
    causes = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    browser = models.CharField(max_length=24, blank=True)
    system = models.CharField(max_length=24, blank=True)
    rtt_ms = models.PositiveIntegerField(null=True, blank=True)
    up_kbps = models.PositiveIntegerField(null=True, blank=True)
    loss_percent = models.FloatField(null=True, blank=True)

    objects = OfSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("device test")
        verbose_name_plural = _("device tests")
        indexes = [models.Index(fields=["session", "-at"], name="telehealth_device_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(result__in=["pass", "warn", "fail"]), name="telehealth_device_result"),
        ]

    def __str__(self) -> str:
        return f"Device test {self.public_id}"
