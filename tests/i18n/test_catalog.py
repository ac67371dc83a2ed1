"""The Spanish catalogue says everything the portal says, and fills in the same names. `make messages` brings it up to
date with the code; the words themselves are a person's work."""

import re

import pytest
from babel.messages import Catalog
from django.utils.translation import gettext, ngettext, override

from scripts.messages import KEYWORDS, LANGUAGES, ROOT, as_text, catalog_path, collect, read, untranslated, update
from tests.architecture.sources import python_files

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}|\{\{ ?\w+ ?\}\}")


@pytest.fixture(scope="module")
def found() -> Catalog:
    return collect()


@pytest.fixture(params=LANGUAGES)
def catalog(request) -> Catalog:
    return read(request.param)


def _forms(text: str | tuple | list) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def test_every_text_of_the_code_has_words(found, catalog):
    known = {message.id for message in catalog}
    assert [message.id for message in found if message.id not in known] == [], "run `make messages`"
    assert untranslated(catalog) == []


def test_the_catalogue_holds_nothing_else(found, catalog):
    used = {message.id for message in found}
    assert [message.id for message in catalog if message.id not in used] == [], "run `make messages`"


def test_words_fill_in_the_same_names(catalog):
    """A name that is misspelt is an error when the page is drawn; one that is left out loses a fact."""
    wrong = [
        (said, words)
        for message in catalog
        if message.id
        for said, words in zip(_forms(message.id), _forms(message.string), strict=False)
        if sorted(PLACEHOLDER.findall(said)) != sorted(PLACEHOLDER.findall(words))
    ]
    assert wrong == []


def test_every_count_has_all_its_forms(catalog):
    counted = [message for message in catalog if message.id and message.pluralizable]
    assert counted
    assert [message.id for message in counted if len(_forms(message.string)) != catalog.num_plurals] == []


def test_lines_and_their_ends_stay(catalog):
    """A message of several lines keeps them; no space is lost or gained at either end."""
    pairs = [(said, words) for message in catalog if message.id
             for said, words in zip(_forms(message.id), _forms(message.string), strict=False)]  # fmt: skip
    assert [said for said, words in pairs if said.count("\n") != words.count("\n")] == []
    assert [said for said, words in pairs if words != words.strip()] == []


def test_no_call_goes_by_a_name_the_catalogue_does_not_know():
    """`from … import gettext as t` would hide its texts from `make messages`."""
    imports = re.compile(r"from django\.utils\.translation import \(?([^()]+?)\)?$", re.MULTILINE)
    names = {
        name.strip().split(" as ")[-1]
        for path in python_files()
        for line in imports.findall(path.read_text())
        for name in line.split(",")
        if "gettext" in name
    }
    assert names
    assert names <= set(KEYWORDS)


def test_bringing_it_up_to_date_twice_changes_nothing(found, catalog):
    path = catalog_path(catalog.locale.language)
    before = path.read_text(encoding="utf-8")
    catalog.update(found, no_fuzzy_matching=True)
    assert as_text(catalog).splitlines()[1:] == before.splitlines()[1:]


class TestExtraction:
    """On a small tree: what is found, and that new texts wait for words while old ones leave."""

    @pytest.fixture
    def tree(self, tmp_path):
        (tmp_path / "app").mkdir()
        (tmp_path / "templates").mkdir()
        (tmp_path / "app" / "forms.py").write_text(
            'from django.utils.translation import gettext_lazy as _, ngettext, pgettext\n'
            'A = _("plain " "and joined")\nB = ngettext("%d day", "%d days", 2)\nC = pgettext("month", "May")\n'
        )  # fmt: skip
        (tmp_path / "templates" / "page.html").write_text(
            "<p>\n      {% if a %}{% translate \"It's open\" %}{% endif %}\n  {% panel label=_('As a tag') %}\n"
            "{% blocktranslate count n=n trimmed %}\n  {{ n }} left\n{% plural %}\n  {{ n }} are left\n"
            "{% endblocktranslate %}\n{{ x|default:_('as a filter') }}"
        )
        return tmp_path

    def test_code_and_templates(self, tree):
        assert {message.id for message in collect(tree) if message.id} == {
            "plain and joined",
            ("%d day", "%d days"),
            "May",
            "It's open",
            "As a tag",
            ("%(n)s left", "%(n)s are left"),
            "as a filter",
        }

    def test_new_texts_wait_and_old_ones_leave(self, tree, monkeypatch):
        monkeypatch.setattr("scripts.messages.ROOT", tree)
        monkeypatch.setattr("scripts.messages.catalog_path", lambda language: tree / f"{language}.po")
        first = update("es", collect(tree))
        assert "May" in untranslated(first)
        (tree / "app" / "forms.py").write_text('A = _("another")\n')
        second = update("es", collect(tree))
        assert "another" in untranslated(second)
        assert "May" not in (tree / "es.po").read_text()
        assert str(ROOT) not in (tree / "es.po").read_text()


def test_one_word_counts_and_stands_alone():
    """`visit` is both the name of a model and one of a count."""
    with override("es"):
        assert gettext("visit") == "cita"
        assert ngettext("visit", "visits", 1) == "cita"
        assert ngettext("visit", "visits", 2) == "citas"
