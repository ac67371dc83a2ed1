from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic, Organization
from common.fields import BlindIndexField, EncryptedTextField
from common.models import BaseModel
from messaging.querysets import ConversationQuerySet, InboundMessageQuerySet, StoppedNumberQuerySet
from patients.models import Patient


class Conversation(BaseModel):
    """What a clinic and one patient write to each other at one number.

    A number that a family shares, or that went on to somebody else, has a conversation for each of its patients, and
    one without a patient for texts of which nobody knows whose they are. A conversation never changes hands.
    `pending` is the question we asked last: {"ask": "choose"|"cancel", "intent": …, "options": [[subject, version],
    …]}, and counts until `pending_until`; it is asked of the number, whoever holds the phone.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="conversations")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="conversations")
    number = EncryptedTextField(_("number"))
    number_index = BlindIndexField()
    language = models.CharField(max_length=5, default="en")
    state = models.CharField(_("state"), max_length=6, choices=State.choices, default=State.CLOSED)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="conversations"
    )
    unread_count = models.PositiveIntegerField(_("unread"), default=0)
    unanswered_since = models.DateTimeField(_("waiting since"), null=True, blank=True)
    last_message_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True, blank=True)
    auto_answered_at = models.DateTimeField(null=True, blank=True)
    pending = models.JSONField(default=dict, blank=True)
    pending_until = models.DateTimeField(null=True, blank=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        indexes = [
            models.Index(fields=["clinic", "unanswered_since"], condition=Q(state="open"), name="messaging_inbox"),
            models.Index(fields=["clinic", "-last_message_at"], name="messaging_threads"),
            models.Index(fields=["number_index", "pending_until"], name="messaging_questions"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "number_index", "patient"], nulls_distinct=False, name="messaging_one_thread"
            ),
            models.CheckConstraint(condition=~Q(number_index=""), name="messaging_thread_number"),
        ]

    def __str__(self) -> str:
        return f"Conversation {self.public_id}"

    @property
    def subject(self) -> str:
        """The key by which tasks name this conversation."""
        return f"conversation:{self.public_id}"


class InboundMessage(BaseModel):
    """A text that came in. Stored before anything is done about it; `handled_at` is empty until something was."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="inbound_messages")
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="inbound_messages")
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="inbound_messages"
    )
    provider_sid = models.CharField(max_length=64, unique=True)
    from_number = EncryptedTextField(_("from"))
    from_index = BlindIndexField(db_index=False)
    body = EncryptedTextField(_("text"), blank=True, default="")
    media_count = models.PositiveSmallIntegerField(default=0)
    opt_out_type = models.CharField(
        max_length=10, blank=True, help_text=_("STOP, START or HELP when the carrier acted.")
    )
    intent = models.CharField(_("understood as"), max_length=12, blank=True)
    received_at = models.DateTimeField(_("received"))
    handled_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = InboundMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("received message")
        verbose_name_plural = _("received messages")
        indexes = [
            models.Index(fields=["conversation", "received_at"], name="messaging_inbound_thread"),
            models.Index(fields=["from_index", "-received_at"], name="messaging_inbound_from"),
            models.Index(fields=["received_at"], condition=Q(handled_at=None), name="messaging_unhandled"),
        ]

    def __str__(self) -> str:
        return f"Received message {self.public_id}"


class StoppedNumber(BaseModel):
    """A number that asked for no more texts. Stands above every patient's consent until it texts START."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="stopped_numbers")
    number_index = BlindIndexField(db_index=False)
    stopped_at = models.DateTimeField()
    source = models.CharField(max_length=10, default="text")

    objects = StoppedNumberQuerySet.as_manager()

    class Meta:
        verbose_name = _("stopped number")
        verbose_name_plural = _("stopped numbers")
        constraints = [
            models.UniqueConstraint(fields=["organization", "number_index"], name="messaging_stopped_once"),
        ]

    def __str__(self) -> str:
        return f"Stopped number {self.public_id}"
