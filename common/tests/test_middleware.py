"""Headers of every answer."""

from types import SimpleNamespace

import pytest
from django.http import HttpResponse

from common.middleware import SecurityHeadersMiddleware


def answer(rf, *, accessed=False, link=False, headers=None):
    request = rf.get("/")
    request.session = SimpleNamespace(accessed=accessed)
    request.carries_link_token = link
    return SecurityHeadersMiddleware(lambda request: HttpResponse(headers=headers or {}))(request)


def test_devices_are_closed_unless_the_view_opens_them(rf):
    assert "camera=()" in answer(rf).headers["Permissions-Policy"]
    opened = answer(rf, headers={"Permissions-Policy": "camera=(self)"})
    assert opened.headers["Permissions-Policy"] == "camera=(self)"
    assert answer(rf).headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(("accessed", "stored"), [(True, "no-store"), (False, None)])
def test_pages_with_a_session_behind_them_are_never_stored(rf, accessed, stored):
    assert answer(rf, accessed=accessed).headers.get("Cache-Control") == stored


def test_pages_behind_a_patients_link_tell_nobody_their_address(rf):
    headers = answer(rf, link=True).headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.django_db
def test_real_answers_carry_them(client):
    headers = client.get("/.well-known/security.txt").headers
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
