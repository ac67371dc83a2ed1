from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic
from common.fields import BlindIndexField, EncryptedTextField
from common.models import BaseModel
from messaging.querysets import MessageEventQuerySet, MessageQuerySet
from messaging.states import Channel, Purpose, SkipReason, Status
from patients.models import Patient


class Message(BaseModel):
    """One message to one number or address: the row is the outbox, a broker only ever carries its id.

    `subject`, `subject_version` and `condition` say what it is about and when it is out of date, in words of the app
    above. `due_at` is when it should go; `next_attempt_at` is when the dispatcher looks at it again.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="messages")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="messages")
    channel = models.CharField(_("channel"), max_length=5, choices=Channel.choices)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices)
    template_key = models.CharField(_("template"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    to = EncryptedTextField(_("to"))
    to_index = BlindIndexField(db_index=False)
    title = EncryptedTextField(_("subject line"), blank=True, default="")
    body = EncryptedTextField(_("text"))
    segments = models.PositiveSmallIntegerField(_("segments"), default=0)
    words_outdated = models.BooleanField(default=False, help_text=_("Its words are to be written anew."))
    dedupe_key = models.CharField(max_length=120, unique=True)
    subject = models.CharField(_("about"), max_length=60, blank=True)
    subject_version = models.PositiveIntegerField(default=0)
    condition = models.CharField(max_length=12, blank=True)
    urgent = models.BooleanField(_("also in quiet hours"), default=False)
    due_at = models.DateTimeField(_("due"))
    next_attempt_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(_("state"), max_length=12, choices=Status.choices, default=Status.PLANNED)
    status_rank = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sending_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    gateway = models.CharField(max_length=12, blank=True)
    provider_sid = models.CharField(max_length=64, null=True, blank=True, unique=True)
    error_code = models.CharField(_("error"), max_length=40, blank=True)
    skip_reason = models.CharField(_("why not sent"), max_length=12, choices=SkipReason.choices, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(fields=["next_attempt_at", "id"], condition=Q(status="planned"), name="messaging_due"),
            models.Index(
                fields=["claimed_at"],
                condition=Q(status__in=["claimed", "sending", "unknown"]),
                name="messaging_in_flight",
            ),
            models.Index(fields=["template_key"], condition=Q(words_outdated=True), name="messaging_words_outdated"),
            models.Index(fields=["to_index", "-created_at"], name="messaging_to"),
            models.Index(fields=["subject"], condition=~Q(subject=""), name="messaging_subject"),
            models.Index(fields=["patient", "-created_at"], name="messaging_patient"),
            models.Index(fields=["clinic", "-created_at"], name="messaging_clinic"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="messaging_status"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="messaging_channel"),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="messaging_purpose"),
            models.CheckConstraint(condition=~Q(to_index=""), name="messaging_has_receiver"),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=models.F("due_at")), name="messaging_expires_after_due"
            ),
        ]

    def __str__(self) -> str:
        return f"Message {self.public_id}"


class MessageEvent(models.Model):
    """Append-only history of one message: what it became, who said so, and when."""

    class Source(models.TextChoices):
        OURS = "ours", _("Portal")
        ANSWER = "answer", _("Carrier's answer")
        CALLBACK = "callback", _("Delivery receipt")
        RECONCILE = "reconcile", _("Asked again")
        SWEEP = "sweep", _("Sweeper")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="events")
    status = models.CharField(max_length=12)
    applied = models.BooleanField(default=True, help_text=_("False when it came late and changed nothing."))
    source = models.CharField(max_length=10, choices=Source.choices)
    code = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    objects = MessageEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("message event")
        verbose_name_plural = _("message events")
        indexes = [models.Index(fields=["at"], name="messaging_event_at")]
        constraints = [
            models.UniqueConstraint(
                fields=["message", "status", "code"], condition=Q(source="callback"), name="messaging_receipt_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.pk}"
