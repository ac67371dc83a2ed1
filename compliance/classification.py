"""Which model fields hold protected health information, kept in `classification.toml` beside this file.

phi: says something about a patient, or points to one. secret: opens something (keys, tokens, password hashes).
none: neither. `manage.py classify_fields` adds new fields as "?", which the architecture test refuses.
"""

import tomllib
from pathlib import Path

from django.apps import apps
from django.conf import settings

CLASSES = frozenset({"phi", "secret", "none"})
UNDECIDED = "?"
TABLE = Path(__file__).parent / "classification.toml"

_HEAD = """\
# phi: says something about a patient, or points to one. secret: opens something. none: neither.
# `manage.py classify_fields` adds new fields as "?" and drops those that are gone; a person decides.
"""


def our_models() -> list:
    """The models of our own apps."""
    root = Path(settings.BASE_DIR)
    ours = [config for config in apps.get_app_configs() if Path(config.path).parent == root]
    return [model for config in ours for model in config.get_models()]


def declared_fields() -> dict[str, list[str]]:
    """`app.Model` -> the names of its columns and many-to-many fields."""
    return {
        model._meta.label: [field.name for field in (*model._meta.concrete_fields, *model._meta.many_to_many)]
        for model in our_models()
    }


def load() -> dict[str, dict[str, str]]:
    """The table as it stands: `app.Model` -> field -> class."""
    text = TABLE.read_text() if TABLE.exists() else ""
    tables = tomllib.loads(text)
    return {f"{app}.{model}": rows for app, models in tables.items() for model, rows in models.items()}


def refreshed(table: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """The same table with new fields undecided and vanished ones gone."""
    return {
        label: {name: table.get(label, {}).get(name, UNDECIDED) for name in names}
        for label, names in sorted(declared_fields().items())
    }


def problems(table: dict[str, dict[str, str]]) -> list[str]:
    """What is missing, stale or undecided, one line each."""
    declared = {(label, name) for label, names in declared_fields().items() for name in names}
    listed = {(label, name): kind for label, rows in table.items() for name, kind in rows.items()}
    return [
        *(f"{label}.{name} has no class" for label, name in sorted(declared - listed.keys())),
        *(f"{label}.{name} does not exist" for label, name in sorted(listed.keys() - declared)),
        *(f"{label}.{name} is '{kind}'" for (label, name), kind in sorted(listed.items()) if kind not in CLASSES),
    ]


def save(table: dict[str, dict[str, str]]) -> None:
    """Write the table, one field a line, so that a review sees each decision."""
    blocks = [_block(label, rows) for label, rows in table.items()]
    TABLE.write_text(_HEAD + "\n" + "\n\n".join(blocks) + "\n")


def _block(label: str, rows: dict[str, str]) -> str:
    return "\n".join([f"[{label}]", *(f'{name} = "{kind}"' for name, kind in rows.items())])
