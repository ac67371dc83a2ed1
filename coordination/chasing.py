"""Which question about a missing confirmation belongs to a visit."""

from scheduling.models import Appointment

PREFIX = "unconfirmed"


def unconfirmed_key(visit: Appointment) -> str:
    """One question for each time the visit has: a moved visit may be asked about again."""
    return f"{PREFIX}:{visit.public_id}:{visit.version}"
