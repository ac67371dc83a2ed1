import json
import signal
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import embedded
from config.embedded import ServerError, processes


class Command(BaseCommand):
    help = "Stops what `manage.py up` or a test run left running."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--erase", action="store_true", help="erase the portal's data too")
        parser.add_argument("--erase-tests", action="store_true", help="erase the tests' servers too")

    def handle(self, *args, erase: bool, erase_tests: bool, **options):
        var = Path(settings.VAR_DIR)
        try:
            _stop_portal(var)
            for place, gone in ((var, erase), (var / "test", erase_tests or erase)):
                (embedded.erase if gone else embedded.stop)(place)
        except ServerError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Nothing runs any more.")


def _stop_portal(var: Path) -> None:
    """Only when the lock is held is the noted process really the portal."""
    note = var / "up.json"
    if not note.exists():
        return
    with embedded.Place.of(var).locked("up", wait=False) as free:
        pid = 0 if free else json.loads(note.read_text())["pid"]
    if pid:
        processes.end(pid, signal.SIGTERM, signal.SIGKILL, patience=30)
