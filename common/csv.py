"""The one way to write a CSV file for download."""

import csv
from collections.abc import Callable, Iterable

from django.http import StreamingHttpResponse
from django.utils import timezone

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as the local code page
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Echo:
    def write(self, text: str) -> str:
        return text


def safe_cell(value) -> str:
    """The cell as text; what a spreadsheet would run as a formula gets a leading apostrophe (ASVS 1.2.10)."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text


def csv_response(
    *, name: str, header: Iterable[str], rows: Iterable[Iterable], audit: Callable[[], None], stamp: bool = True
) -> StreamingHttpResponse:
    """Stream `rows` as an attachment `<name>-<date>.csv`.

    `audit` is called before the first byte leaves: it writes the export's audit row and may raise to refuse.
    """
    audit()
    writer = csv.writer(_Echo())
    lines = (writer.writerow([safe_cell(cell) for cell in row]) for row in rows)
    filename = f"{name}-{timezone.now():%Y-%m-%d}.csv" if stamp else f"{name}.csv"
    response = StreamingHttpResponse(_with_header(writer, header, lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "no-store"
    return response


def _with_header(writer, header, lines):
    yield BYTE_ORDER_MARK + writer.writerow([safe_cell(cell) for cell in header])
    yield from lines
