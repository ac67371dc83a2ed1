from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic
from common.fields import EncryptedTextField
from common.models import BaseModel
from patients.models import Patient
from worklist.querysets import TaskQuerySet


class Task(BaseModel):
    """What a person has to do. `subject` names what it is about (visit:<public id>), understood by the app above."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")

    class Kind(models.TextChoices):
        MANUAL = "manual", _("To do")
        FAILED_MESSAGE = "failed_message", _("Message not delivered")
        UNCLEAR_REPLY = "unclear_reply", _("Reply needs an answer")
        UNCONFIRMED = "unconfirmed", _("Visit not confirmed")
        REOFFER = "reoffer", _("Offer another time")
        TECH_CHECK = "tech_check", _("Device test failed")
        PROVIDER_LATE = "provider_late", _("A patient waits, the provider is not here")
        CALL_PATIENT = "call_patient", _("Call the patient: not here yet")
        NO_SHOW = "no_show", _("Was it a no-show?")
        EMERGENCY = "emergency", _("Emergency during a visit")

    class Priority(models.IntegerChoices):
        URGENT = 1, _("Urgent")
        NORMAL = 2, _("Normal")
        LOW = 3, _("Low")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="tasks")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, null=True, blank=True, related_name="tasks")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.MANUAL)
    subject = models.CharField(max_length=60, blank=True)
    title = EncryptedTextField(_("what to do"), blank=True, default="", help_text=_("By hand; rules use the kind."))
    cause = models.CharField(
        max_length=40, blank=True, help_text=_("Why a rule opened it, as a code that the app above puts into words.")
    )
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.OPEN)
    due_at = models.DateTimeField(_("due"))
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="tasks"
    )
    dedupe_key = models.CharField(max_length=80, blank=True, help_text=_("One open task per key."))
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=20, blank=True, help_text=_("done, or resolved when the cause went away"))

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [
            models.Index(fields=["clinic", "due_at"], condition=Q(status="open"), name="worklist_task_open"),
            models.Index(fields=["subject"], name="worklist_task_subject"),
            models.Index(fields=["patient", "-opened_at"], name="worklist_task_patient"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["dedupe_key"], condition=Q(status="open") & ~Q(dedupe_key=""), name="worklist_task_once"
            ),
            models.CheckConstraint(
                condition=Q(status="open", done_at=None) | Q(status="done", done_at__isnull=False),
                name="worklist_task_done",
            ),
            models.CheckConstraint(condition=Q(status__in=["open", "done"]), name="worklist_task_status"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "manual",
                        "failed_message",
                        "unclear_reply",
                        "unconfirmed",
                        "reoffer",
                        "tech_check",
                        "provider_late",
                        "call_patient",
                        "no_show",
                        "emergency",
                    ]
                ),
                name="worklist_task_kind",
            ),
            models.CheckConstraint(condition=Q(priority__in=[1, 2, 3]), name="worklist_task_priority"),
        ]

    def __str__(self) -> str:
        return f"Task {self.public_id}"
