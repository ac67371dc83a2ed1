"""Files that no row knows of: their upload's transaction came to nothing, or a process ended in the middle.

They stay for weeks: after a database is restored from a backup, every upload since then looks like this, and may be
wanted back.
"""

import logging
from datetime import datetime

from compliance import retention
from documents import storage
from documents.models import Document

KIND = "orphaned_files"
A_FEW = 20

logger = logging.getLogger(__name__)


def sweep(now: datetime) -> int:
    """Remove the old ones and say so in the trail; how many there were. May run twice at the same time.

    Removes nothing where more than a few and a tenth of all are nobody's: that is another installation's folder, or an
    empty database.
    """
    there = storage.names()
    known = set(Document.objects.filter(storage_name__in=there).values_list("storage_name", flat=True))
    if len(there - known) > max(A_FEW, len(there) // 10):
        logger.error("Of %d files %d belong to no row: nothing was removed.", len(there), len(there - known))
        return 0
    end = retention.end_before(KIND, now)
    removed = sum(_remove_old(name, end) for name in there - known)
    if removed:
        retention.note(KIND, removed)
    return removed


def _remove_old(name: str, end: datetime) -> bool:
    try:
        old = storage.written_at(name) < end
    except FileNotFoundError:  # another sweep was quicker
        return False
    if old:
        storage.remove(name)
    return old
