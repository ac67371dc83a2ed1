"""A free time as one value of a form, for patients and at the desk: `<provider's public id>@<UTC instant>`."""

from datetime import UTC, datetime

from common.timeutil import read_instant


def slot_value(provider_public_id: str, starts_at: datetime) -> str:
    return f"{provider_public_id}@{starts_at.astimezone(UTC).isoformat()[:19]}Z"


def read_slot(value: str) -> tuple[str, datetime]:
    """(provider's public id, UTC instant). ValueError when it is none."""
    provider, _at, instant = value.partition("@")
    if not provider:
        raise ValueError("A slot names a provider and an instant.")
    return provider, read_instant(instant)
