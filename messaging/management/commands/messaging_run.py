"""Sends all that is due, here and now."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from compliance.context import acting_service
from messaging import delivery, dispatch
from messaging.actions import settle_left_over


class Command(BaseCommand):
    help = "Send every message that is due, inline and without a broker, and settle what was left lying."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", required=True, help="one round, then end (the only way)")

    def handle(self, *args, **options):
        with acting_service("messaging.run"):
            settle_left_over(timezone.now())
            sent = 0
            while chunks := list(dispatch.claim_due(timezone.now())):
                sent += sum(delivery.deliver_batch(chunk, timezone.now) for chunk in chunks)
        self.stdout.write(f"{sent} messages sent.")
