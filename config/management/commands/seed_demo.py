"""Fill an empty database with the demo clinic, or any database with visits to measure on."""

from datetime import datetime

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from clinics.models import Organization
from config.demo import clinic, messages, patients, rooms, scale, visits


class Command(BaseCommand):
    help = "Fill an empty database with the demo clinic; --scale N adds N visits for measuring instead."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=int, metavar="N", help="write N visits for measuring, with progress")

    def handle(self, *args, scale: int | None = None, **options) -> None:
        now = timezone.now()
        if scale:
            self._fill(scale, now)
        else:
            self._demo(now)

    @transaction.atomic
    def _demo(self, now: datetime) -> None:
        if Organization.objects.exists():
            raise CommandError("There is data already; the demo clinic is only written into an empty database.")
        demo = clinic.build(now.date())
        folk = patients.build(demo.organization, demo.clinics, now)
        booked = visits.build(demo.clinics, demo.providers, folk, now)
        messages.build(booked, now)
        rooms.build(booked, now)
        self.stdout.write(f"Demo clinic: {len(folk)} patients, {len(booked)} visits.")

    def _fill(self, count: int, now: datetime) -> None:
        if count < 1:
            raise CommandError("--scale takes the number of visits to write, 1 or more.")

        def progress(written: int) -> None:
            self.stdout.write(f"\r{written:>9,} of {count:,} visits", ending="" if written < count else "\n")
            self.stdout.flush()

        organization = scale.fill(count, now, progress)
        scale.analyze()
        self.stdout.write(f"Written into the organization “{organization.name}”.")
