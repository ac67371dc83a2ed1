from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField
from common.models import BaseModel
from telehealth.models.session import VisitSession
from telehealth.querysets import OfSessionQuerySet


class Incident(BaseModel):
    """Append-only log of an emergency during a visit: each line is a row."""

    session = models.ForeignKey(VisitSession, on_delete=models.PROTECT, related_name="incidents")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    body = EncryptedTextField(_("what happened"))

    objects = OfSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("emergency")
        verbose_name_plural = _("emergencies")
        indexes = [models.Index(fields=["session", "at"], name="telehealth_incident_time")]

    def __str__(self) -> str:
        return f"Emergency {self.public_id}"
