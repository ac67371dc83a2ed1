"""A photo of the insurance card, sent through the link and seen at the desk."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.permissions import Role
from clinics.tests.factories import MembershipFactory
from documents.models import Document
from portal.tests.test_manage import token, url, visit  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


def photo() -> SimpleUploadedFile:
    target = io.BytesIO()
    Image.new("RGB", (80, 50), "navy").save(target, "JPEG")
    return SimpleUploadedFile("IMG_0001.jpg", target.getvalue(), content_type="image/jpeg")


def test_the_photo_is_kept_and_shown_to_the_desk(client, url, visit):  # noqa: F811
    assert client.get(f"{url}card/").status_code == 200
    answer = client.post(f"{url}card/", {"photo": photo()})
    assert answer.status_code == 302 and answer.url == url
    kept = Document.objects.get()
    assert (kept.patient, kept.subject, kept.kind) == (visit.patient, visit.subject, "insurance_card")
    client.force_login(MembershipFactory(clinic=visit.clinic, role=Role.COORDINATOR).user)
    page = client.get(f"/patients/{visit.patient.public_id}/insurance/").content.decode()
    assert f"/documents/{kept.public_id}/" in page
    assert client.get(f"/documents/{kept.public_id}/")["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize("upload", [None, SimpleUploadedFile("card.jpg", b"MZ not a picture")])
def test_anything_else_is_refused_beside_the_field(client, url, upload):  # noqa: F811
    answer = client.post(f"{url}card/", {"photo": upload} if upload else {})
    assert answer.status_code == 200 and "There is a problem" in answer.content.decode()
    assert not Document.objects.exists()
