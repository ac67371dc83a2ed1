"""The demo clinic as the command writes it, at a moment of one's choosing; nothing of it stays."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction

NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2026, 11, 24, 12, 10, tzinfo=NEW_YORK)  # a Tuesday; the second provider at two clinics is at the first

Seeded = Callable[[datetime], AbstractContextManager[str]]


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def seeded(django_db_setup, django_db_blocker) -> Seeded:
    """`with seeded(now) as said:` the database holds the demo as written at `now`; `said` is what was printed."""

    @contextmanager
    def at(now: datetime) -> Iterator[str]:
        said = StringIO()
        with django_db_blocker.unblock(), rolled_back():
            with time_machine.travel(now, tick=False):
                call_command("seed_demo", stdout=said)
            yield said.getvalue()

    return at
