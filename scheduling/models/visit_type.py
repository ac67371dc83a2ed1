from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic, Provider
from common.models import BaseModel
from scheduling.querysets import VisitTypeQuerySet

START_STEPS = [5, 10, 15, 20, 30, 60]  # whole ticks of five minutes


class Modality(models.TextChoices):
    VIDEO = "video", _("Video")
    PHONE = "phone", _("Phone")
    LINK = "link", _("Meeting link")


class VisitType(BaseModel):
    """What can be booked at a clinic. All times in minutes; buffers block the provider, never the patient."""

    class Audience(models.TextChoices):
        PATIENTS = "patients", _("Patients and staff")
        STAFF = "staff", _("Staff only")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="visit_types")
    name = models.CharField(_("name"), max_length=80)
    name_es = models.CharField(_("name in Spanish"), max_length=80, blank=True)
    description = models.CharField(_("description"), max_length=200, blank=True)
    description_es = models.CharField(_("description in Spanish"), max_length=200, blank=True)
    modality = models.CharField(_("held by"), max_length=8, choices=Modality.choices, default=Modality.VIDEO)
    meeting_url = models.URLField(_("meeting link"), blank=True, help_text=_("For visits held in another system."))
    duration = models.PositiveSmallIntegerField(
        _("length in minutes"), validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    buffer_before = models.PositiveSmallIntegerField(_("minutes kept free before"), default=0)
    buffer_after = models.PositiveSmallIntegerField(_("minutes kept free after"), default=0)
    start_step = models.PositiveSmallIntegerField(
        _("starts every … minutes"), default=15, choices=[(minutes, str(minutes)) for minutes in START_STEPS]
    )
    audience = models.CharField(_("who may book"), max_length=10, choices=Audience.choices, default=Audience.PATIENTS)
    patient_notice = models.PositiveIntegerField(_("notice for patients, minutes"), default=120)
    staff_notice = models.PositiveIntegerField(_("notice for staff, minutes"), default=0)
    horizon_days = models.PositiveSmallIntegerField(_("bookable how many days ahead"), default=60)
    self_pay_price = models.DecimalField(
        _("price for those who pay themselves"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("In US dollars. Patients see it before they book; empty says nothing about the price."),
    )
    providers = models.ManyToManyField(Provider, related_name="visit_types", verbose_name=_("providers"))
    is_active = models.BooleanField(_("active"), default=True)

    objects = VisitTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit type")
        verbose_name_plural = _("visit types")
        constraints = [
            models.UniqueConstraint(fields=["clinic", "name"], name="scheduling_visit_type_name"),
            models.CheckConstraint(
                condition=Q(duration__gte=5) & Q(duration__lte=480),
                name="scheduling_visit_type_duration",
                violation_error_message=_("A visit takes between 5 and 480 minutes."),
            ),
            models.CheckConstraint(
                condition=~Q(modality="link") | ~Q(meeting_url=""),
                name="scheduling_visit_type_link",
                violation_error_message=_("A visit held by meeting link needs the link."),
            ),
            models.CheckConstraint(
                condition=Q(self_pay_price=None) | Q(self_pay_price__gte=0), name="scheduling_visit_type_price"
            ),
            models.CheckConstraint(condition=Q(start_step__in=START_STEPS), name="scheduling_visit_type_step"),
            models.CheckConstraint(
                condition=Q(audience__in=["patients", "staff"]), name="scheduling_visit_type_audience"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        return (self.name_es if language == "es" else "") or self.name

    @property
    def shown_name(self) -> str:
        """The name in the language of the page."""
        return self.name_in(get_language() or "en")

    def description_in(self, language: str) -> str:
        return (self.description_es if language == "es" else "") or self.description

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.duration)
