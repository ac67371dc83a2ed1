"""Check the audit trail from its first row to its last."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from compliance import sealing


class Command(BaseCommand):
    help = "Checks every event and seal of the audit trail; ends with an error when anything was tampered with."

    def add_arguments(self, parser):
        parser.add_argument("--anchors", type=Path, help="log file with `compliance.anchor` lines, kept elsewhere")

    def handle(self, *args, anchors: Path | None = None, **options):
        known = sealing.parse_anchors(anchors.read_text().splitlines()) if anchors else []
        found = sealing.problems(known)
        for problem in found:
            self.stdout.write(f"{problem.kind}: seal {problem.seal_seq or '-'}, event {problem.event_id or '-'}")
        if found:
            raise CommandError(f"{len(found)} problems: the audit trail is not as it was written.")
        newest = sealing.head()
        self.stdout.write(f"Whole up to seal {newest.seq if newest else 0}; {sealing.waiting()} events wait for one.")
