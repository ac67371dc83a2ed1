"""Files over the years: new keys, and uploads that came to nothing."""

import base64
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from compliance.models import AuditEvent
from documents import storage, sweeping
from documents.actions import store
from documents.content import CleanFile
from documents.models import Document
from documents.rotation import Files
from patients.tests.factories import PatientFactory


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def files():
    """Three stored documents, with what is in them."""
    patient = PatientFactory()
    found = {}
    for number in range(3):
        data = b"page %d" % number
        file = CleanFile("application/pdf", data)
        clinic = patient.clinics.get()
        found[store(patient=patient, clinic=clinic, upload=file, kind="other", now=timezone.now())] = data
    return found


@pytest.fixture
def new_key(settings):
    key = "new:" + base64.b64encode(b"n" * 32).decode()
    settings.FIELD_KEYS = [key, *settings.FIELD_KEYS]
    return key


@pytest.mark.django_db(transaction=True)
class TestNewKeys:
    def test_files_are_sealed_again_and_a_stopped_run_goes_on(self, settings, files, new_key, capsys):
        before = storage.names()
        assert Files().rotate_batch(2) == 2 and Files().remaining() == 1  # stopped here
        call_command("rotate_field_keys")
        assert "documents: 1 values now under 'new', 0 left" in capsys.readouterr().out
        settings.FIELD_KEYS = [new_key]
        assert [storage.read(Document.objects.get(pk=one.pk)) for one in files] == list(files.values())
        assert not before & storage.names() and len(storage.names()) == 3

    def test_a_crash_before_commit_leaves_the_old_file_in_use(self, files, new_key):
        with transaction.atomic():
            Files().rotate_batch(3)
            transaction.set_rollback(True)
        assert [storage.read(Document.objects.get(pk=one.pk)) for one in files] == list(files.values())
        assert sweeping.sweep(timezone.now() + timedelta(days=31)) == 3, "the new files are nobody's"

    def test_a_damaged_file_does_not_stop_the_others(self, files, new_key, caplog):
        first = next(iter(files))
        default_storage.delete(first.storage_name)
        call_command("rotate_field_keys", batch=1)
        assert Files().remaining() == 1 and "document_damaged" in caplog.text


@pytest.mark.django_db
class TestSweeping:
    def test_bytes_of_an_upload_that_came_to_nothing_go_after_a_month(self, files):
        patient = PatientFactory()
        with transaction.atomic():
            file = CleanFile("application/pdf", b"lost")
            store(patient=patient, clinic=patient.clinics.get(), upload=file, kind="other", now=timezone.now())
            transaction.set_rollback(True)
        assert len(storage.names()) == 4
        assert sweeping.sweep(timezone.now() + timedelta(days=29)) == 0, "after a restored backup it may be wanted back"
        assert sweeping.sweep(timezone.now() + timedelta(days=31)) == 1
        assert AuditEvent.objects.get(action="retention.deleted").detail == {"kind": "orphaned_files", "rows": 1}
        assert [storage.read(one) for one in files] == list(files.values())

    def test_the_folder_of_another_installation_is_left_alone(self, files, caplog):
        for number in range(25):
            default_storage.save(f"documents/{number}", ContentFile(b"theirs"))
        assert sweeping.sweep(timezone.now() + timedelta(days=31)) == 0
        assert len(storage.names()) == 28 and "nothing was removed" in caplog.text

    def test_no_folder_yet_is_no_fault(self, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path / "empty"
        assert sweeping.sweep(timezone.now()) == 0
