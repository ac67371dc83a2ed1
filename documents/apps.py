"""Files: one upload pipeline, encrypted storage, one audited way to serve them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = _("Documents")

    def ready(self) -> None:
        from common.rotation import register  # noqa: PLC0415 - models are ready only now
        from documents.rotation import Files  # noqa: PLC0415 - as above

        register(Files())
