"""The product's own files, as the architecture tests read them."""

import ast
import re
import tomllib
from functools import lru_cache
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)


@lru_cache
def layers() -> list[set[str]]:
    """The app order of pyproject.toml, highest first; apps of one set are siblings."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    order = next(contract for contract in contracts if contract["name"].startswith("App order"))
    return [{app.strip() for app in re.split(r"[|:]", layer)} for layer in order["layers"]]


def apps() -> list[str]:
    return sorted(app for layer in layers() for app in layer)


@lru_cache
def python_files() -> tuple[Path, ...]:
    """Every module of the apps, without tests and migrations."""
    found = (path for app in apps() for path in (ROOT / app).rglob("*.py"))
    return tuple(sorted(path for path in found if not {"tests", "migrations"} & set(path.relative_to(ROOT).parts)))


@lru_cache
def modules(*names: str) -> tuple[Path, ...]:
    """The modules of these names in any app: `views.py`, and what lies in a folder `views/`."""
    return tuple(path for path in python_files() if path.stem in names or set(path.parts[:-1]) & set(names))


@lru_cache
def templates() -> tuple[Path, ...]:
    folders = [ROOT / "templates", *(ROOT / app / "templates" for app in apps())]
    return tuple(sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in {".html", ".txt"}))


@lru_cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def lines_with(pattern: str, paths, *, allowed: dict[str, str] | None = None) -> list[str]:
    """`file:line` of every match outside the files in `allowed` (file -> reason)."""
    expression = re.compile(pattern, re.IGNORECASE | re.DOTALL)
    hits = []
    for path in paths:
        if short(path) in (allowed or {}):
            continue
        text = path.read_text()
        hits += [f"{short(path)}:{text.count(chr(10), 0, match.start()) + 1}" for match in expression.finditer(text)]
    return hits
