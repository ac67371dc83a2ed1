"""Sealing stored values again under the newest key."""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, transaction

from common import crypto
from common.fields import EncryptedTextField


def encrypted_fields() -> list[EncryptedTextField]:
    """Every encrypted column of the portal."""
    return [
        field
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]


def rotate(field: EncryptedTextField, *, batch: int) -> Iterator[int]:
    """Seal the column's values again, a transaction a batch; yields how many each batch held.

    Finds its work by the key's name in the value, so it may be stopped at any time and started again. A row that
    somebody else has locked is passed over; `remaining` tells whether another run is needed.
    """
    while done := _rotate_batch(field, batch):
        yield done


def remaining(field: EncryptedTextField) -> int:
    """How many values still lie under an older key."""
    table, column, _key, prefix = _names(field)
    with connection.cursor() as cursor:
        query = f"SELECT count(*) FROM {table} WHERE {column} <> '' AND NOT starts_with({column}, %s)"  # noqa: S608
        cursor.execute(query, [prefix])
        return cursor.fetchone()[0]


def _rotate_batch(field: EncryptedTextField, batch: int) -> int:
    table, column, key, prefix = _names(field)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}, public_id, {column} FROM {table}"  # noqa: S608 - names come from the model
            f" WHERE {column} <> '' AND NOT starts_with({column}, %s)"
            f" ORDER BY {key} LIMIT %s FOR UPDATE SKIP LOCKED",
            [prefix, batch],
        )
        rows = cursor.fetchall()
        update = f"UPDATE {table} SET {column} = %s WHERE {key} = %s"  # noqa: S608
        cursor.executemany(update, [(_resealed(field, public_id, token), pk) for pk, public_id, token in rows])
    return len(rows)


def _names(field: EncryptedTextField) -> tuple[str, str, str, str]:
    quote = connection.ops.quote_name
    meta = field.model._meta
    prefix = f"{crypto.VERSION}|{crypto.current_key_id()}|"
    return quote(meta.db_table), quote(field.column), quote(meta.pk.column), prefix


def _resealed(field: EncryptedTextField, public_id: str, token: str) -> str:
    aad = field.binding_of(public_id)
    return crypto.encrypt(crypto.decrypt(token, aad), aad)
