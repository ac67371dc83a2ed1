from django.db import models
from django.utils.translation import gettext_lazy as _

from common.fields import BlindIndexField
from common.models import BaseModel
from messaging.querysets import LocalDeliveryQuerySet
from messaging.states import Channel


class LocalDelivery(BaseModel):
    """What the local transport took, as a carrier's log would show it.

    Two rows of one message would be a fault of ours, so nothing here forbids them: tests count.
    """

    message_id = models.CharField(max_length=22, db_index=True, help_text=_("The message's public id."))
    sid = models.CharField(max_length=64, unique=True)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    to_index = BlindIndexField(db_index=False)
    accepted_at = models.DateTimeField()

    objects = LocalDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("local delivery")
        verbose_name_plural = _("local deliveries")

    def __str__(self) -> str:
        return f"Local delivery {self.public_id}"
