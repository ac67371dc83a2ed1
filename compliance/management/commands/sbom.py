"""Write the software bill of materials."""

import json

from django.core.management.base import BaseCommand
from django.utils import timezone

from compliance.sbom import bill_of_materials


class Command(BaseCommand):
    help = "Writes what the portal is built from as CycloneDX 1.5 JSON: manage.py sbom > sbom.json"

    requires_system_checks = []

    def handle(self, *args, **options):
        self.stdout.write(json.dumps(bill_of_materials(now=timezone.now()), indent=2))
