"""Translations, compiled by Babel so that nobody needs GNU gettext."""

import os
from collections.abc import Iterable
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogs(folders: Iterable[Path | str]) -> list[Path]:
    """Write the .mo beside each .po below the folders that changed since; returns the catalogues written."""
    catalogs = [path for folder in folders for path in sorted(Path(folder).glob("*/LC_MESSAGES/*.po"))]
    return [_compile(path) for path in catalogs if _is_stale(path)]


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns


def _compile(source: Path) -> Path:
    """Renamed into place whole: a running process may read it at any moment. Unsure ("fuzzy") lines stay out."""
    draft = source.with_suffix(f".{os.getpid()}.new")  # two processes may start at once
    with source.open("rb") as file:
        catalog = read_po(file, locale=source.parts[-3], abort_invalid=True)
    with draft.open("wb") as file:
        write_mo(file, catalog)
    draft.replace(source.with_suffix(".mo"))
    return source
