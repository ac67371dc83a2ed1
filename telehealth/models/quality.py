from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from telehealth.models.participant import Participant
from telehealth.querysets import InviteQuerySet


class QualityWindow(models.Model):
    """Ten seconds of one side's connection, as its browser measured them: figures only, null where unknown.

    Percent, milliseconds and kilobits a second. 30 minutes are 180 rows a side.
    """

    class Level(models.TextChoices):
        GOOD = "good", _("Good")
        FAIR = "fair", _("Fair")
        POOR = "poor", _("Poor")

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="quality")
    at = models.DateTimeField()
    level = models.CharField(max_length=4, choices=Level.choices)
    cause = models.CharField(max_length=12, blank=True)
    mos = models.FloatField(null=True, blank=True)
    rtt_ms = models.FloatField(null=True, blank=True)
    loss_percent = models.FloatField(null=True, blank=True)
    buffer_ms = models.FloatField(null=True, blank=True)
    fps = models.FloatField(null=True, blank=True)
    freeze_seconds = models.FloatField(null=True, blank=True)
    up_kbps = models.FloatField(null=True, blank=True)
    path = models.CharField(max_length=6, blank=True)

    objects = InviteQuerySet.as_manager()

    class Meta:
        verbose_name = _("connection quality")
        verbose_name_plural = _("connection quality")
        indexes = [models.Index(fields=["participant", "-at"], name="telehealth_quality_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=["good", "fair", "poor"]), name="telehealth_quality_level"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.pk}"
