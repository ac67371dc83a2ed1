"""Visit types, availability, slot search, appointments, holds, reminders' cadence."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SchedulingConfig(AppConfig):
    name = "scheduling"
    verbose_name = _("Scheduling")

    def ready(self):
        # Models cannot be imported before every app is there.
        from messaging.registry import register_contact_handler, register_subject  # noqa: PLC0415
        from scheduling.reminders import still_holds, words_of  # noqa: PLC0415
        from scheduling.renewal import renew  # noqa: PLC0415

        register_subject("visit", still_holds, words_of)
        register_contact_handler(renew)
