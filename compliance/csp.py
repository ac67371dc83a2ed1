"""Counting what browsers report under the Content-Security-Policy."""

import json
import re
from datetime import date

from django.db import connection

MAX_REPORT_BYTES = 16 * 1024
_DIRECTIVE = re.compile(r"[a-z][a-z-]{2,39}")

_COUNT = """
    INSERT INTO compliance_cspreportcount (on_date, directive, count) VALUES (%s, %s, 1)
    ON CONFLICT (on_date, directive) DO UPDATE SET count = compliance_cspreportcount.count + 1
"""


def directives_in(body: bytes) -> list[str]:
    """The violated directives of a report, in the old form (`report-uri`) or the new one (`report-to`)."""
    try:
        report = json.loads(body)
    except (ValueError, RecursionError):  # a thousand brackets are no report
        return []
    entries = report if isinstance(report, list) else [report]
    return [name for entry in entries[:20] if isinstance(entry, dict) and (name := _directive(entry))]


def _directive(entry: dict) -> str:
    inner = entry.get("csp-report") or entry.get("body")
    if not isinstance(inner, dict):
        return ""
    names = (inner.get(key) for key in ("effective-directive", "effectiveDirective", "violated-directive"))
    first = str(next(filter(None, names), "")).partition(" ")[0]
    return first if _DIRECTIVE.fullmatch(first) else ""


def count(directives: list[str], *, day: date) -> None:
    """Add one to each directive's count of `day`."""
    with connection.cursor() as cursor:
        for directive in directives:
            cursor.execute(_COUNT, [day, directive])
