"""The two public addresses: what browsers report, and where to report a weakness."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.csp import directives_in
from compliance.models import CspReportCount

pytestmark = pytest.mark.django_db

OLD = {"csp-report": {"violated-directive": "script-src-elem https://x", "document-uri": "https://portal/v/secret/"}}
NEW = [{"type": "csp-violation", "body": {"effectiveDirective": "img-src", "documentURL": "https://portal/"}}]


@pytest.mark.parametrize(
    ("report", "directives"),
    [
        (OLD, ["script-src-elem"]),
        (NEW, ["img-src"]),
        ({}, []),
        ([], []),
        ([1, None, "x"], []),
        ({"csp-report": "text"}, []),
        ({"csp-report": {"violated-directive": "<script>"}}, []),
        ({"csp-report": {"violated-directive": 7}}, []),
    ],
)
def test_directives_are_read_from_both_forms(report, directives):
    assert directives_in(json.dumps(report).encode()) == directives


def test_text_that_is_no_json_counts_nothing():
    assert directives_in(b"\xff{") == []


def test_reports_are_counted_by_day_and_directive(client):
    for report in (OLD, NEW, NEW):
        assert client.post("/csp-report/", json.dumps(report), content_type="application/csp-report").status_code == 204
    rows = CspReportCount.objects.order_by("directive").values_list("on_date", "directive", "count")
    today = timezone.now().date()
    assert list(rows) == [(today, "img-src", 2), (today, "script-src-elem", 1)]


def test_long_reports_and_floods_are_dropped(client):
    long = json.dumps(OLD | {"pad": "x" * 20_000})
    assert client.post("/csp-report/", long, content_type="application/csp-report").status_code == 204
    nested = "[" * 10_000
    assert client.post("/csp-report/", nested, content_type="application/csp-report").status_code == 204
    for _ in range(65):
        client.post("/csp-report/", json.dumps(OLD), content_type="application/csp-report")
    assert CspReportCount.objects.get().count == 58  # the long one and the nested one used two of the sixty


def test_reports_are_posted(client):
    assert client.get("/csp-report/").status_code == 405


def test_security_txt_follows_rfc_9116(client, settings):
    settings.SECURITY_CONTACT = "mailto:security@clinic.example.com"
    response = client.get("/.well-known/security.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in response.text.splitlines())
    assert fields["Contact"] == "mailto:security@clinic.example.com"
    expires = timezone.datetime.fromisoformat(fields["Expires"])
    assert timedelta(0) < expires - timezone.now() < timedelta(days=365)
    assert fields["Canonical"].endswith("/.well-known/security.txt")
