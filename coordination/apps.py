"""The coordinator's desk and inbox, and the use cases that span apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoordinationConfig(AppConfig):
    name = "coordination"
    verbose_name = _("Coordination")

    def ready(self):
        # Models cannot be imported before every app is there.
        from coordination.phone_calls import call_changed  # noqa: PLC0415
        from coordination.replies import handle_reply  # noqa: PLC0415
        from messaging.registry import register_call_handler, register_reply_handler  # noqa: PLC0415

        register_reply_handler(handle_reply)
        register_call_handler(call_changed)
