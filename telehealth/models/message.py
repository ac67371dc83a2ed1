from django.db import models
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField
from common.models import BaseModel
from telehealth.models.participant import Participant
from telehealth.models.session import VisitSession
from telehealth.querysets import OfSessionQuerySet


class RoomMessage(BaseModel):
    """A line of the call's chat: for those who are in the call, and for nobody in the waiting room."""

    session = models.ForeignKey(VisitSession, on_delete=models.CASCADE, related_name="messages")
    sender = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    body = EncryptedTextField(_("text"))

    objects = OfSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("message in a call")
        verbose_name_plural = _("messages in calls")
        indexes = [models.Index(fields=["session", "at"], name="telehealth_message_time")]

    def __str__(self) -> str:
        return f"Message {self.public_id}"
