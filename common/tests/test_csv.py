"""The export writer: formulas, bytes, and the audit row that comes first."""

import csv
import io

import pytest

from common.csv import csv_response, safe_cell


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", '=HYPERLINK("http://x")'])
def test_what_a_spreadsheet_would_run_is_made_text(text):
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize(("value", "cell"), [(None, ""), (0, "0"), ("Example", "Example"), ("a=b", "a=b"), ("", "")])
def test_everything_else_stays(value, cell):
    assert safe_cell(value) == cell


def test_the_file_is_an_attachment_that_excel_and_python_read():
    written = [["Ñandú, A", '=cmd|" /C calc"!A0'], ["B", None]]
    response = csv_response(name="visits", header=["Name", "Note"], rows=written, audit=lambda: None)
    body = response.getvalue()
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert rows == [["Name", "Note"], ["Ñandú, A", '\'=cmd|" /C calc"!A0'], ["B", ""]]
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="visits-20')
    assert response.headers["Cache-Control"] == "no-store"


def test_no_row_leaves_when_the_audit_row_cannot_be_written():
    read = []

    def rows():
        read.append(1)
        yield ["x"]

    def refuse():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        csv_response(name="visits", header=["x"], rows=rows(), audit=refuse)
    assert read == []
