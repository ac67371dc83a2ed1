"""Visit sessions: who comes, the waiting room, the call and its quality."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TelehealthConfig(AppConfig):
    name = "telehealth"
    verbose_name = _("Virtual visits")
