"""Encrypted bytes in the one storage that settings name (a folder on a laptop, a bucket in production)."""

import hashlib
import hmac

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from common import crypto
from documents.models import Document


class DocumentDamaged(Exception):
    """The stored bytes are not those that were uploaded."""


def _binding(document: Document) -> str:
    return f"documents_document.data|{document.public_id}"


def write(document: Document, data: bytes) -> None:
    """Seal the bytes, bound to this document, under its storage name."""
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
