"""Files that no row knows of: their upload's transaction came to nothing, or a process ended in the middle."""

from datetime import datetime, timedelta

from documents import storage
from documents.models import Document

GRACE = timedelta(hours=1)  # far longer than any transaction: until then the row may still come


def sweep(now: datetime) -> int:
    """Remove them; how many there were. May run twice at the same time."""
    there = storage.names()
    known = set(Document.objects.filter(storage_name__in=there).values_list("storage_name", flat=True))
    return sum(_remove_old(name, now) for name in there - known)


def _remove_old(name: str, now: datetime) -> bool:
    try:
        old = storage.written_at(name) <= now - GRACE
    except FileNotFoundError:  # another sweep was quicker
        return False
    if old:
        storage.remove(name)
    return old
