"""The bytes of documents, sealed again under the newest key."""

import logging
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet

from common import crypto
from documents import storage
from documents.models import Document

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 20  # a transaction stays short, though a file may have ten megabytes


@dataclass
class Files:
    """A file goes under a new name before the row names it; the old one goes after commit. A crash loses nothing."""

    damaged: set[int] = field(default_factory=set)

    def __str__(self) -> str:
        return "documents"

    def remaining(self) -> int:
        return _stale().count()

    def rotate_batch(self, size: int) -> int:
        """A file that does not open is left for somebody to look at, and does not stop the others."""
        while True:
            before = len(self.damaged)
            done = self._rotate(min(size, MOST_AT_ONCE))
            if done or len(self.damaged) == before:
                return done

    def _rotate(self, size: int) -> int:
        with transaction.atomic():
            rows = _stale().exclude(pk__in=self.damaged).order_by("pk").select_for_update(skip_locked=True)
            return sum(self._seal_again(document) for document in rows[:size])

    def _seal_again(self, document: Document) -> bool:
        before = document.storage_name
        try:
            data = storage.read(document)
        except (storage.DocumentDamaged, FileNotFoundError):
            logger.exception("document_damaged", extra={"document": document.public_id})
            self.damaged.add(document.pk)
            return False
        storage.write(document, data)
        document.save(update_fields=["storage_name", "key_id"])
        transaction.on_commit(lambda: storage.remove(before))
        return True


def _stale() -> QuerySet[Document]:
    return Document.objects.exclude(key_id=crypto.current_key_id())
