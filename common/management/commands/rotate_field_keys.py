"""Seal everything again under the first key of FIELD_KEYS."""

from django.core.management.base import BaseCommand
from django.db import connection

from common import crypto
from common.rotation import kinds, rotate


class Command(BaseCommand):
    help = (
        "Seals encrypted fields, second-factor secrets and documents again under the first key of FIELD_KEYS."
        " May be stopped and started again."
    )

    def add_arguments(self, parser):
        parser.add_argument("--batch", type=int, default=500, help="values in one transaction (default 500)")

    def handle(self, *args, batch: int, **options):
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")  # counting a large table outlasts what a page may take
            try:
                self._rotate(batch)
            finally:
                cursor.execute("RESET statement_timeout")

    def _rotate(self, batch: int) -> None:
        for kind in kinds():
            done = sum(rotate(kind, batch=batch))
            left = kind.remaining()
            self.stdout.write(f"{kind}: {done} values now under '{crypto.current_key_id()}', {left} left")
