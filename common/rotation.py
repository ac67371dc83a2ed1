"""Sealing stored values again under the newest key.

Every kind of sealed value can say how many lie under an older key, and seal some of them again. Each finds its work by
the key's name in the value itself, so a rotation may be stopped at any time and started again. An app that seals other
things than encrypted columns registers them in its `apps.py:ready()`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from django.apps import apps
from django.db import connection, transaction

from common import crypto
from common.fields import EncryptedTextField


class Sealed(Protocol):
    """One kind of sealed values; its text names it to the operator."""

    def rotate_batch(self, size: int) -> int:
        """Seal up to `size` values again; how many that were, 0 when there is nothing to do at the moment."""

    def remaining(self) -> int:
        """How many values still lie under an older key."""


_others: list[Sealed] = []


def register(kind: Sealed) -> None:
    """Add a kind of sealed values that is no encrypted column; registering it twice changes nothing."""
    if kind not in _others:
        _others.append(kind)


def kinds() -> list[Sealed]:
    """Everything that is sealed in the portal, for longer than a session."""
    columns = [
        Column(field)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]
    return [*columns, *_others]


def rotate(kind: Sealed, *, batch: int) -> Iterator[int]:
    """Seal all values again, a transaction a batch; yields how many each batch held.

    A row that somebody else has locked is passed over; `remaining` tells whether another run is needed.
    """
    while done := kind.rotate_batch(batch):
        yield done


def is_current(token: str) -> bool:
    """Whether a sealed text lies under the newest key."""
    return token.startswith(crypto.current_prefix())


@dataclass
class Column:
    """The values of one encrypted column. A batch begins behind the one before, so that no row is looked at twice."""

    field: EncryptedTextField
    last: int = 0  # primary key

    def __str__(self) -> str:
        return str(self.field)

    def remaining(self) -> int:
        table, column, _key = self._names()
        with connection.cursor() as cursor:
            query = f"SELECT count(*) FROM {table} WHERE {column} <> '' AND NOT starts_with({column}, %s)"  # noqa: S608
            cursor.execute(query, [crypto.current_prefix()])
            return cursor.fetchone()[0]

    def rotate_batch(self, size: int) -> int:
        table, column, key = self._names()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {key}, public_id, {column} FROM {table}"  # noqa: S608 - names come from the model
                f" WHERE {key} > %s AND {column} <> '' AND NOT starts_with({column}, %s)"
                f" ORDER BY {key} LIMIT %s FOR UPDATE SKIP LOCKED",
                [self.last, crypto.current_prefix(), size],
            )
            rows = cursor.fetchall()
            update = f"UPDATE {table} SET {column} = %s WHERE {key} = %s"  # noqa: S608
            again = [
                (crypto.sealed_again(token, self.field.binding_of(public_id)), pk) for pk, public_id, token in rows
            ]
            cursor.executemany(update, again)
        self.last = rows[-1][0] if rows else 0  # at the end a next run begins anew
        return len(rows)

    def _names(self) -> tuple[str, str, str]:
        quote = connection.ops.quote_name
        meta = self.field.model._meta
        return quote(meta.db_table), quote(self.field.column), quote(meta.pk.column)
