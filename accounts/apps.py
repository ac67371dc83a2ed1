"""Users, roles, permissions, sign-in, sessions; and the site on which a clinic sets itself up."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    default = True
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from accounts import checks, receivers, rotation  # noqa: PLC0415 - models are ready only now
        from common.rotation import register  # noqa: PLC0415 - as above

        receivers.connect()
        register(rotation.SecondFactors())
        checks.register_all()


class SetupAdminConfig(admin_apps.AdminConfig):
    """Django's admin, with our site in place of its own."""

    default = False
    default_site = "accounts.admin_site.SetupSite"
