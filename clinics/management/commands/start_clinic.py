"""The first organization of an empty installation: everything after it is set up in the browser."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.text import slugify

from accounts.invitations import address_of
from accounts.models import User
from clinics import actions
from clinics.models import Clinic, Organization
from common.phone import to_e164


class Command(BaseCommand):
    help = "Makes an organization with its first clinic and administrator, and prints the administrator's invitation."

    def add_arguments(self, parser):
        parser.add_argument("organization", help="name of the organization")
        parser.add_argument("--clinic", required=True, help="name of the first clinic")
        parser.add_argument("--state", required=True, help="two letters, such as NY")
        parser.add_argument("--zone", required=True, help="such as America/New_York")
        parser.add_argument("--phone", required=True, help="the number patients see and call")
        parser.add_argument("--email", required=True, help="the first administrator's e-mail address")
        parser.add_argument("--name", required=True, help="the first administrator's name")

    @transaction.atomic
    def handle(self, *args, **options):
        if Organization.objects.filter(name=options["organization"]).exists():
            raise CommandError("There is an organization of this name already.")
        admin = User(email=options["email"].lower(), name=options["name"])
        try:
            admin.clean_fields(exclude=["password"])
            actions.found(organization=options["organization"], clinic=_clinic(options), admin=admin)
        except (ValidationError, ValueError) as error:
            raise CommandError("; ".join(getattr(error, "messages", [str(error)]))) from error
        self.stdout.write(f"{admin.email} chooses a password here, within three days:")
        self.stdout.write(address_of(admin))


def _clinic(options: dict) -> Clinic:
    return Clinic(
        name=options["clinic"],
        slug=slugify(options["clinic"]),
        message_name=options["clinic"][:30],
        phone=to_e164(options["phone"]),
        state=options["state"].upper(),
        time_zone=options["zone"],
    )
