"""What has to be done before the processes start; each step is skipped when nothing changed."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command

from clinics.models import Organization
from config.catalogs import compile_catalogs
from config.health.checks import migrated


def prepare(say: Callable[[str], None]) -> None:
    """Database, translations, static files and, the first time, the demo clinic."""
    if not migrated():
        say("Migrating the database ...")
        call_command("migrate", interactive=False, verbosity=0)
    compile_catalogs(settings.LOCALE_PATHS)
    _collect_static(say)
    if settings.DEMO and not Organization.objects.exists():
        say("Filling the demo clinic ...")
        call_command("seed_demo", verbosity=0)


def _collect_static(say: Callable[[str], None]) -> None:
    """Hashing and compressing takes seconds, so only when a file changed."""
    if settings.DEBUG:
        return
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    digest = _static_digest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    say("Collecting static files ...")
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest)


def _static_digest() -> str:
    digest = hashlib.sha256()
    for finder in finders.get_finders():
        for path, storage in finder.list(["CVS", ".*", "*~"]):
            seen = Path(storage.path(path)).stat()
            digest.update(f"{path} {seen.st_size} {seen.st_mtime_ns}\n".encode())
    return digest.hexdigest()
