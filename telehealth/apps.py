"""Visit sessions; empty of behaviour until the visit room is built."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TelehealthConfig(AppConfig):
    name = "telehealth"
    verbose_name = _("Virtual visits")
