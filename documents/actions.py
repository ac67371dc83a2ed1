"""The one way in for files."""

import hashlib
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from compliance import audit
from documents import storage
from documents.content import CleanFile, UploadRefused, clean
from documents.models import Document

MAX_FILES_PER_PATIENT = 50


def store(
    *, patient, clinic, upload: UploadedFile | CleanFile, kind: str, now: datetime, by=None, by_label="", subject=""
) -> Document:
    """Keep an uploaded file of a patient, checked, re-encoded and encrypted; UploadRefused with plain words if not.

    The bytes are written before the row and removed again when the row can't be; where the caller's own transaction
    comes to nothing, `documents.sweeping` removes them.
    `upload` may already be clean, when a form has checked it.
    """
    file = upload if isinstance(upload, CleanFile) else clean(upload)
    document = Document(
        patient=patient,
        clinic=clinic,
        kind=kind,
        subject=subject,
        name="" if isinstance(upload, CleanFile) else upload.name[:200],
        content_type=file.content_type,
        size=len(file.data),
        sha256=hashlib.sha256(file.data).hexdigest(),
        uploaded_at=now,
        uploaded_by=by,
    )
    storage.write(document, file.data)
    try:
        _save(document, by, by_label)
    except Exception:
        storage.remove(document.storage_name)
        raise
    return document


@transaction.atomic
def _save(document: Document, by, by_label: str) -> None:
    patient = type(document.patient).objects.select_for_update().get(pk=document.patient_id)
    if patient.documents.count() >= MAX_FILES_PER_PATIENT:
        raise UploadRefused(_("There are already 50 files on this record. Call the clinic to add more."))
    document.save()
    audit.record(
        action="documents.document_stored",
        actor=by,
        actor_label=by_label,
        clinic=document.clinic,
        patient=patient,
        subject=f"document:{document.public_id}",
        detail={"kind": document.kind, "size": document.size},
    )
