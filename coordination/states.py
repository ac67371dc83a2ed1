"""Codes that this app adds to the history of a visit's room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from telehealth.states import Outcome


class WithoutInterpreter(TextChoices):
    """Why somebody was admitted before the interpreter came."""

    SPEAKS = "speaks", _("The provider speaks the language")
    PATIENT_AGREES = "patient_agrees", _("The patient wants to go on without")
    URGENT = "urgent", _("It can't wait")


HELD = frozenset({Outcome.COMPLETED_VIDEO, Outcome.COMPLETED_AUDIO, Outcome.COMPLETED_PHONE})
NOT_HELD = frozenset({Outcome.PROVIDER_NO_SHOW, Outcome.PATIENT_LEFT, Outcome.TECHNICAL_FAILURE})
# What a person may say at the end of a visit, the likeliest first. The rest follows from cancelling and moving.
FINISHES = (
    Outcome.COMPLETED_VIDEO,
    Outcome.COMPLETED_AUDIO,
    Outcome.COMPLETED_PHONE,
    Outcome.PATIENT_NO_SHOW,
    Outcome.PATIENT_LEFT,
    Outcome.TECHNICAL_FAILURE,
    Outcome.PROVIDER_NO_SHOW,
)
