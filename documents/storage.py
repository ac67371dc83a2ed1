"""Encrypted bytes in the folder that settings name (MEDIA_ROOT), which all hosts share."""

import hashlib
import hmac
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from common import crypto
from common.ids import new_public_id
from documents.models import Document

FOLDER = "documents"


class DocumentDamaged(Exception):
    """The stored bytes are not those that were uploaded."""


def _binding(document: Document) -> str:
    return f"documents_document.data|{document.public_id}"


def write(document: Document, data: bytes) -> None:
    """Seal the bytes, bound to this document, under a new storage name. Both are noted on the document, not saved."""
    document.storage_name = f"{FOLDER}/{new_public_id()}"
    document.key_id = crypto.current_key_id()
    default_storage.save(document.storage_name, ContentFile(crypto.encrypt_bytes(data, _binding(document))))


def read(document: Document) -> bytes:
    """The clear bytes; DocumentDamaged when they do not match what was stored."""
    with default_storage.open(document.storage_name) as stored:
        sealed = stored.read()
    try:
        data = crypto.decrypt_bytes(sealed, _binding(document))
    except crypto.DecryptionError:
        raise DocumentDamaged from None
    if not hmac.compare_digest(hashlib.sha256(data).hexdigest(), document.sha256):
        raise DocumentDamaged
    return data


def remove(storage_name: str) -> None:
    default_storage.delete(storage_name)


def names() -> set[str]:
    """Storage names of all files there are."""
    try:
        _folders, files = default_storage.listdir(FOLDER)
    except FileNotFoundError:  # the folder appears with its first file
        return set()
    return {f"{FOLDER}/{name}" for name in files}


def written_at(storage_name: str) -> datetime:
    return default_storage.get_modified_time(storage_name)
