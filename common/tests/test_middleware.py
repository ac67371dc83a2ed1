"""Headers of every answer."""

from types import SimpleNamespace

import pytest
from django.http import HttpResponse

from common.middleware import ClientAddressMiddleware, SecurityHeadersMiddleware


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


def address(rf, forwarded: str | None) -> str:
    given = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", **given)
    ClientAddressMiddleware(lambda request: HttpResponse())(request)
    return request.META["REMOTE_ADDR"]


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("203.0.113.9, 198.51.100.7", "198.51.100.7"),  # the first one is what the client claims
        ("203.0.113.9, 198.51.100.7, 10.0.0.9", "198.51.100.7"),  # two proxies of ours, one behind the other
        ("2001:db8::7", "2001:db8::7"),
        (None, "10.0.0.1"),
        ("", "10.0.0.1"),
        ("unknown", "10.0.0.1"),
        ("fe80::1%eth0", "10.0.0.1"),
    ],
)
def test_behind_a_proxy_the_address_is_the_one_the_proxy_has_seen(rf, settings, forwarded, expected):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert address(rf, forwarded) == expected


def test_without_a_proxy_nobody_chooses_an_address(rf):
    assert address(rf, "198.51.100.7") == "10.0.0.1"


def test_somebody_who_is_no_proxy_chooses_no_address_and_no_scheme(rf, settings):
    settings.TRUSTED_PROXIES = ["10.0.0.2"]
    request = rf.get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.7", HTTP_X_FORWARDED_PROTO="https")
    ClientAddressMiddleware(lambda request: HttpResponse())(request)
    assert request.META["REMOTE_ADDR"] == "127.0.0.1" and "HTTP_X_FORWARDED_PROTO" not in request.META


@pytest.mark.parametrize("address", ["/book/%00/", "/m/a%00b/", "/desk/?clinic=%00"])
def test_an_address_with_a_nul_is_no_address(client, address):
    assert client.get(address).status_code == 400
