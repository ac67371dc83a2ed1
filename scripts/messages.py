"""The catalogues of translations, brought up to date with the code: `make messages`. GNU gettext isn't needed.

Each `locale/<language>/LC_MESSAGES/django.po` gets the texts that are new, and loses those no longer used. Texts are
sorted and locations have no line numbers, so a change of code shows in the diff only where words changed.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ["es"]
_CALLS = {
    "_": None,
    "gettext": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
KEYWORDS = _CALLS | {f"{name}_lazy": arguments for name, arguments in _CALLS.items()} | {"_l": None}
HEADER = """\
# The portal's words in {language}. `make messages` brings this file up to date with the code.
#"""
# Shown to nobody who uses the portal.
_CHANGING = re.compile(
    r'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Project-Id-Version|Report-|Last-|Language-Team).*\n',
    re.MULTILINE,
)
_LEFT_OUT = re.compile(r"/(tests|migrations|gallery)/|^(tests|benchmarks|scripts|var|\.venv)/")


def collect(root: Path = ROOT) -> Catalog:
    """Every text the code and the templates ask to have translated, with the files it stands in."""
    found = Catalog(domain="django")
    for path in _sources(root):
        place = path.relative_to(root).as_posix()
        for _line, message, comments, context in _texts(path):
            found.add(message, locations=[(place, None)], auto_comments=comments, context=context)
    return found


def _sources(root: Path) -> Iterator[Path]:
    files = [*root.glob("*/**/*.py"), *root.glob("templates/**/*.html"), *root.glob("templates/**/*.txt")]
    return (path for path in sorted(files) if not _LEFT_OUT.search(path.relative_to(root).as_posix()))


def _texts(path: Path) -> Iterator[tuple]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        source = f"(\n{templatize(source, origin=path)}\n)"  # in brackets, Python doesn't mind how lines are indented
    return extract("python", BytesIO(source.encode()), keywords=KEYWORDS, comment_tags=["Translators:"])


def catalog_path(language: str, root: Path = ROOT) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """The catalogue as it stands; an empty one for a language that has none yet. ValueError when the file is broken."""
    path = catalog_path(language)
    if not path.exists():
        return Catalog(locale=language, domain="django", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django", abort_invalid=True)


def update(language: str, found: Catalog) -> Catalog:
    """Merge what the code asks for into a language's file. A changed text is new: nothing is guessed."""
    catalog = read(language)
    catalog.update(found, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.header_comment = HEADER.format(language=catalog.locale.english_name)
    path = catalog_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_text(catalog), encoding="utf-8")
    return catalog


def as_text(catalog: Catalog) -> str:
    """The catalogue as its file holds it."""
    draft = BytesIO()
    write_po(draft, catalog, width=110, sort_output=True, include_lineno=False)
    return _without_dates(draft.getvalue().decode())


def _without_dates(text: str) -> str:
    """Dates and tool versions in the header would make every run a change."""
    return _CHANGING.sub("", text)


def untranslated(catalog: Catalog) -> list[str]:
    """The texts that have no words in this language, or only unsure ("fuzzy") ones."""
    return [str(message.id) for message in catalog if message.id and (message.fuzzy or not _complete(message.string))]


def _complete(words: str | tuple) -> bool:
    return all(words) if isinstance(words, tuple) else bool(words)


def main() -> None:
    found = collect()
    for language in LANGUAGES:
        catalog = update(language, found)
        missing = untranslated(catalog)
        place = catalog_path(language).relative_to(ROOT)
        sys.stdout.write(f"{place}: {len(catalog)} texts, {len(missing)} without words\n")
        sys.stdout.writelines(f"  {text}\n" for text in missing)


if __name__ == "__main__":
    main()
