"""The gallery draws every component; what holds on it holds for the parts pages are built from."""

import gzip
import re

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

PAGES = [
    "/gallery/",
    "/gallery/board/",
    "/gallery/board/?visit=1&user",
    "/gallery/patient/",
    "/gallery/patient/?send=1",
    "/gallery/patient/done/",
    "/gallery/sign-in/",
]
INLINE = re.compile(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE)
ASSET = re.compile(r'(?:href|src)="/static/([^"]+\.(?:css|js))"')

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_nothing_inline_that_the_policy_would_refuse(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert not INLINE.search(response.content.decode())


@pytest.mark.parametrize("path", PAGES)
def test_every_id_is_used_once(client, path):
    ids = re.findall(r'\sid="([^"]*)"', client.get(path).content.decode())
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize(("path", "budget_kib"), [("/gallery/board/?user", 90), ("/gallery/patient/", 60)])
def test_style_and_script_stay_in_their_budget(client, path, budget_kib):
    """HTTP gzip at its usual level; brotli is smaller still."""
    names = set(ASSET.findall(client.get(path).content.decode()))
    assert len(names) > 3
    size = 0
    for name in names:
        with open(finders.find(name), "rb") as asset:
            size += len(gzip.compress(asset.read(), 6))
    assert size <= budget_kib * 1024


def test_a_form_with_errors_says_so_in_the_title(client):
    assert "<title>Error: Choose a time" in client.get("/gallery/patient/?send=1").content.decode()
    assert "<title>Choose a time" in client.get("/gallery/patient/").content.decode()


@pytest.mark.parametrize("status", [400, 403, 404, 410, 429, 500, 503])
def test_an_error_page_needs_neither_request_nor_database(status, django_assert_num_queries):
    with django_assert_num_queries(0):
        html = render_to_string(f"{status}.html")
    assert "<h1>" in html
    assert 'href="/"' in html
