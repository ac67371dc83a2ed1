"""Who is there right now: a mark in Redis that each page renews. A page that says nothing for 40 seconds is lost."""

from django.core.cache import cache

BEAT_SECONDS = 15
LOST_AFTER_SECONDS = 40
PAGES_COUNTED_SECONDS = 86_400


def mark(participant_public_id: str, where: str = "here") -> None:
    """The participant's page is open; `where` is "here" or "call"."""
    cache.set(_key(participant_public_id), where, LOST_AFTER_SECONDS)


def clear(participant_public_id: str) -> None:
    """The page was closed."""
    cache.delete(_key(participant_public_id))


def of(participant_public_ids: list[str]) -> dict[str, str]:
    """Where each participant is; those who are lost are absent. One request to Redis."""
    found = cache.get_many([_key(each) for each in participant_public_ids])
    return {each: found[_key(each)] for each in participant_public_ids if _key(each) in found}


def next_page(participant_public_id: str) -> int:
    """A number that rises with each page that the participant opens: of two pages the higher one is the newer."""
    counter = f"pages:{participant_public_id}"
    cache.add(counter, 0, PAGES_COUNTED_SECONDS)
    return cache.incr(counter)


def _key(participant_public_id: str) -> str:
    return f"presence:{participant_public_id}"
