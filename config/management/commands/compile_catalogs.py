from django.conf import settings
from django.core.management.base import BaseCommand

from config.catalogs import compile_catalogs


class Command(BaseCommand):
    help = "Compiles the translations that changed (locale/*/LC_MESSAGES/*.po)."
    requires_system_checks = ()

    def handle(self, *args, **options):
        for path in compile_catalogs(settings.LOCALE_PATHS):
            self.stdout.write(f"Compiled {path}")
