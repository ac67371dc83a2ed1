"""A free time as one value of a form: `<provider's public id>@<UTC instant>`."""

from datetime import UTC, datetime


def slot_value(provider_public_id: str, starts_at: datetime) -> str:
    return f"{provider_public_id}@{starts_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def read_slot(value: str) -> tuple[str, datetime]:
    """(provider's public id, UTC instant). ValueError when it is none."""
    provider, _at, instant = value.partition("@")
    starts_at = datetime.fromisoformat(instant)
    if starts_at.tzinfo is None or not provider:
        raise ValueError("A slot names a provider and an instant with its zone.")
    return provider, starts_at.astimezone(UTC)
