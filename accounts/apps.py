"""Users, roles, permissions, sign-in, sessions."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    default = True
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from accounts import checks, receivers  # noqa: PLC0415 - models are ready only now

        receivers.connect()
        checks.register_all()
