"""Seal every encrypted field again under the first key of FIELD_KEYS."""

from django.core.management.base import BaseCommand

from common import crypto
from common.rotation import encrypted_fields, remaining, rotate


class Command(BaseCommand):
    help = "Seals encrypted fields again under the first key of FIELD_KEYS. May be stopped and started again."

    def add_arguments(self, parser):
        parser.add_argument("--batch", type=int, default=500, help="rows in one transaction (default 500)")

    def handle(self, *args, batch: int, **options):
        for field in encrypted_fields():
            done = sum(rotate(field, batch=batch))
            self.stdout.write(f"{field}: {done} values now under '{crypto.current_key_id()}', {remaining(field)} left")
