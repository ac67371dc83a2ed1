"""Bring the table of protected fields up to date with the models."""

from django.core.management.base import BaseCommand

from compliance import classification


class Command(BaseCommand):
    help = 'Adds new model fields to compliance/classification.toml as "?" and drops those that are gone.'

    def handle(self, *args, **options):
        table = classification.refreshed(classification.load())
        classification.save(table)
        for line in classification.problems(table):
            self.stdout.write(line)
