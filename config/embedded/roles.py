"""The two log-in roles and the database of the embedded server.

`portal_owner` owns the database and migrates it; `portal_app` runs the portal and can change no table's shape.
"""

from psycopg2 import sql

from config.embedded import postgres
from config.embedded.places import Place
from config.embedded.secrets import demo_secret

OWNER = "portal_owner"
APP = "portal_app"
DATABASE = "portal"
_POWERS = {OWNER: "LOGIN CREATEDB CREATEROLE", APP: "LOGIN NOCREATEDB NOCREATEROLE"}


def ensure(place: Place) -> None:
    """Roles, passwords and database as they must be; safe to repeat, and mends a start that was cut short."""
    connection = postgres.connect(place)
    try:
        connection.autocommit = True  # CREATE DATABASE refuses a transaction
        with connection.cursor() as cursor:
            for role, powers in _POWERS.items():
                _ensure_role(cursor, role, powers, demo_secret(place.var, f"{role}-password"))
            _ensure_database(cursor)
    finally:
        connection.close()


def _ensure_role(cursor, role: str, powers: str, password: str) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    verb = "ALTER" if cursor.fetchone() else "CREATE"
    statement = sql.SQL(verb + " ROLE {} WITH " + powers + " PASSWORD {}")
    cursor.execute(statement.format(sql.Identifier(role), sql.Literal(password)))


def _ensure_database(cursor) -> None:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
    if not cursor.fetchone():
        cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))
