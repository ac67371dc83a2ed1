import os

from django.core.management.base import BaseCommand, CommandError

from config.embedded import ServerError
from config.up.portal import run


class Command(BaseCommand):
    help = "Runs the whole portal: servers, migrations, web, worker and scheduler. HOST and PORT choose the address."
    requires_system_checks = ()

    def handle(self, *args, **options):
        try:
            run(self._say)
        except ServerError as error:
            raise CommandError(str(error)) from error
        except BrokenPipeError:
            os._exit(1)  # nobody listens any more; what we started dies with us

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
