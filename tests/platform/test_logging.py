"""Log lines carry their request's id and no patient's data."""

import json
import logging
import sys

import pytest

from common import request_id
from config.logging import Context, Json, logging_config, masked


@pytest.fixture
def line():
    """Formats one record as production does."""
    options = logging_config(json=True)["formatters"]["json"]
    formatter = Json(options["format"], datefmt=options["datefmt"], rename_fields=options["rename_fields"])

    def make(message: str, *args, exc_info=None, **extra) -> dict:
        record = logging.getLogger("t").makeRecord("t", logging.INFO, "f", 1, message, args, exc_info, extra=extra)
        Context().filter(record)
        return json.loads(formatter.format(record))

    return make


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sent to +12125550123", "sent to +***"),
        ("call (212) 555-0123 now", "call *** now"),
        ("call 212-555-0123 now", "call *** now"),
        ("call 1 212 555 0123", "call ***"),
        ("mail to ana.lopez@example.com.", "mail to ***@***."),
        ("GET /v/AbCdEf0123456789_-xyz/confirm", "GET /v/***/confirm"),
        ("GET /m/AbCdEf0123456789", "GET /m/***"),
        ("Forbidden: /accounts/invitation/eyJ1c2VyIjo:1vX_a-b:Zm9v/", "Forbidden: /accounts/invitation/***/"),
        ("/x?token=abc.def&page=2", "/x?token=***&page=2"),
        ("DETAIL:  Key (phone)=(+12125550123) already exists.", "DETAIL:  Key (phone)=(***) already exists."),
        ("Failing row contains (7, Ana Lopez, 1985-03-27).", "Failing row contains (***)"),
    ],
)
def test_what_looks_like_a_patients_data_is_masked(text, expected):
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21 22:29:30,123 started",
        "visit:3kTMd9wFQ2x7rV5bYpL8aZ took 12.5 ms",
        "5f3c9a12-8d21-4555-9012-1234567890ab",
        "Connected to redis+socket:///tmp/portal-0-123456789012/valkey.sock",
        "celery@host ready",
        "10000 rows in 2500 ms",
    ],
)
def test_what_is_no_patients_data_stays(text):
    assert masked(text) == text


def test_one_json_object_with_time_level_and_request_id(line):
    with request_id.entered("req-12345678"):
        found = line("sent %s", "+12125550123")
    assert found["message"] == "sent +***"
    assert found["request_id"] == "req-12345678"
    assert found["level"] == "INFO" and found["logger"] == "t" and "T" in found["at"]


def test_extra_values_are_masked(line):
    assert line("x", recipient="ana@example.com", count=3) | {"recipient": "***@***", "count": 3} == line(
        "x", recipient="ana@example.com", count=3
    )


def test_exception_texts_are_masked(line):
    try:
        int("no such number: +12125550123")
    except ValueError:
        found = line("failed", exc_info=sys.exc_info())
    assert "+***" in found["exc_info"] and "5550123" not in json.dumps(found)


def test_a_response_names_the_requests_id(client):
    given = client.get("/healthz", headers={"X-Request-ID": "proxy-0123456789"})
    made = client.get("/healthz")
    assert given["X-Request-ID"] == "proxy-0123456789"
    assert len(made["X-Request-ID"]) == 32


@pytest.mark.parametrize("bad", ["short", "a b c d e f g h", "x" * 65, "12345678<script>"])
def test_an_id_that_is_not_well_formed_is_replaced(client, bad):
    assert client.get("/healthz", headers={"X-Request-ID": bad})["X-Request-ID"] != bad


def test_the_request_line_names_the_route_and_not_the_path(client, caplog):
    with caplog.at_level(logging.INFO, "portal.request"):
        client.get("/healthz?token=secret")
    assert [record.getMessage().split(" ms")[0].rsplit(" ", 1)[0] for record in caplog.records] == ["GET /healthz 200"]
