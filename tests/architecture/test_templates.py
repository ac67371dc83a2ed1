"""Templates under a strict Content-Security-Policy: nothing inline, nothing unescaped, nothing from elsewhere."""

import pytest

from tests.architecture.sources import lines_with, templates

FORBIDDEN = {
    "the safe filter": r"\|\s*safe(?:seq)?\b",
    "an inline script": r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")",
    "an inline style block": r"<style\b",
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "an event handler attribute": r"<[a-z][^>{]*\son[a-z]+\s*=",
    "an htmx inline handler": r"\shx-on[:=-]",
    "an htmx expression": r"hx-(?:vals|headers)\s*=\s*['\"]js:",
    "a javascript: address": r"(?:href|src|action)\s*=\s*['\"]\s*javascript:",
    "a file from another host": r"<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)\s*=\s*['\"](?:https?:)?//",
}


@pytest.mark.parametrize("pattern", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_no_template_has(pattern):
    assert lines_with(pattern, templates()) == []


def test_only_plain_text_switches_escaping_off():
    pages = [path for path in templates() if path.suffix == ".html"]
    assert lines_with(r"{%\s*autoescape\s+off", pages) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("the safe filter", "{{ note|safe }}"),
        ("an inline script", "<script>x</script>"),
        ("an inline script", '<script nonce="a">x</script>'),
        ("a style attribute", '<p class="a" style="color:red">'),
        ("an event handler attribute", '<button type="button" onclick="x()">'),
        ("a file from another host", '<script src="https://cdn.example.com/x.js">'),
    ],
)
def test_the_patterns_find_what_they_should(tmp_path, monkeypatch, name, text):
    monkeypatch.setattr("tests.architecture.sources.ROOT", tmp_path)
    (tmp_path / "page.html").write_text(text)
    assert lines_with(FORBIDDEN[name], [tmp_path / "page.html"]) == ["page.html:1"]


def test_there_are_templates_to_look_at():
    assert len(templates()) > 20
