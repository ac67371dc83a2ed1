"""Django's migrate, as the role that owns the database."""

from django.core.management.commands import migrate
from django.db import connections

from config.owner import as_owner, let_login_run_the_portal


class Command(migrate.Command):
    def handle(self, *args, **options):
        connection = connections[options["database"]]
        with as_owner(connection):
            super().handle(*args, **options)
            let_login_run_the_portal(connection)
