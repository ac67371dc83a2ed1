from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField
from common.models import BaseModel
from common.us import STATES
from patients.models import ConsentRecord
from telehealth.models.session import VisitSession
from telehealth.querysets import OfSessionQuerySet


class CheckIn(BaseModel):
    """Append-only: what the patient said on arrival. The newest of a session counts; it comes before the admission."""

    session = models.ForeignKey(VisitSession, on_delete=models.CASCADE, related_name="check_ins")
    at = models.DateTimeField()
    state = models.CharField(_("state"), max_length=2, choices=STATES)
    city = EncryptedTextField(_("city"))
    address = EncryptedTextField(_("street and number"))
    callback_number = EncryptedTextField(_("number to call back"))
    is_licensed = models.BooleanField(help_text=_("The provider may see patients in that state on that day."))
    consent = models.ForeignKey(ConsentRecord, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=5, default="en")

    objects = OfSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        indexes = [models.Index(fields=["session", "-at"], name="telehealth_check_in_newest")]
        constraints = [
            models.CheckConstraint(condition=~Q(state=""), name="telehealth_check_in_state"),
        ]

    def __str__(self) -> str:
        return f"Check-in {self.public_id}"
