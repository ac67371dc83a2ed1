import hashlib
import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.permissions import Role
from clinics.tests.factories import MembershipFactory
from compliance.models import AuditEvent
from documents import storage
from documents.actions import MAX_FILES_PER_PATIENT, store
from documents.content import CleanFile, UploadRefused
from documents.models import Document
from patients.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


def card() -> SimpleUploadedFile:
    target = io.BytesIO()
    Image.new("RGB", (50, 30), "navy").save(target, "PNG")
    return SimpleUploadedFile("my card.png", target.getvalue())


@pytest.fixture
def coordinator():
    return MembershipFactory(role=Role.COORDINATOR)


@pytest.fixture
def patient(coordinator):
    return PatientFactory(clinics=[coordinator.clinic])


@pytest.fixture
def stored(patient, coordinator):
    return store(
        patient=patient,
        clinic=coordinator.clinic,
        upload=card(),
        kind="insurance_card",
        now=timezone.now(),
        by=coordinator.user,
    )


def events(action: str, patient) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit.event WHERE action=%s AND patient_id=%s", [action, patient.public_id]
        )
        return cursor.fetchone()[0]


def test_stored_bytes_are_sealed_and_come_back_whole(stored, patient):
    with default_storage.open(stored.storage_name) as file:
        sealed = file.read()
    clear = storage.read(stored)
    assert clear.startswith(b"\xff\xd8") and clear not in sealed
    assert hashlib.sha256(clear).hexdigest() == stored.sha256
    assert events("documents.document_stored", patient) == 1


def test_bytes_of_another_document_do_not_open(stored, patient, coordinator):
    other = store(patient=patient, clinic=coordinator.clinic, upload=card(), kind="other", now=timezone.now())
    stored.storage_name = other.storage_name
    with pytest.raises(storage.DocumentDamaged):
        storage.read(stored)


def test_a_refused_upload_leaves_nothing_behind(patient, coordinator):
    with pytest.raises(UploadRefused):
        store(
            patient=patient,
            clinic=coordinator.clinic,
            upload=SimpleUploadedFile("a.exe", b"MZ"),
            kind="other",
            now=timezone.now(),
        )
    assert not Document.objects.exists() and events("documents.document_stored", patient) == 0


def test_the_fifty_first_file_is_refused_and_its_bytes_removed(patient, coordinator, monkeypatch):
    Document.objects.bulk_create(
        Document(
            patient=patient,
            clinic=coordinator.clinic,
            kind="other",
            content_type="image/jpeg",
            size=1,
            sha256="0" * 64,
            storage_name=f"documents/{n}",
            uploaded_at=timezone.now(),
        )
        for n in range(MAX_FILES_PER_PATIENT)
    )
    before = set(default_storage.listdir("documents")[1]) if default_storage.exists("documents") else set()
    with pytest.raises(UploadRefused):
        store(
            patient=patient,
            clinic=coordinator.clinic,
            upload=CleanFile("image/jpeg", b"x"),
            kind="other",
            now=timezone.now(),
        )
    assert set(default_storage.listdir("documents")[1]) == before


def test_reading_is_audited_and_the_page_is_inert(client, stored, patient, coordinator):
    client.force_login(coordinator.user)
    answer = client.get(reverse("documents:document", args=[stored.public_id]))
    assert answer.status_code == 200 and answer["Content-Type"] == "image/jpeg"
    assert "sandbox" in answer["Content-Security-Policy"] and "no-store" in answer["Cache-Control"]
    assert events("page.viewed", patient) == 1


def test_another_clinic_does_not_see_it(client, stored, patient):
    client.force_login(MembershipFactory(role=Role.COORDINATOR).user)
    assert client.get(reverse("documents:document", args=[stored.public_id])).status_code == 404
    assert events("page.viewed", patient) == 0
    refused = AuditEvent.objects.get(action="documents.refused")
    assert (refused.outcome, refused.subject) == ("refused", f"document:{stored.public_id}")


def test_what_is_nobodys_is_no_refusal(client, coordinator):
    client.force_login(coordinator.user)
    assert client.get(reverse("documents:document", args=["nothing"])).status_code == 404
    assert not AuditEvent.objects.filter(outcome="refused").exists()
