"""Acting as the role that owns the database. The portal itself runs as a role that cannot change a table's shape."""

from collections.abc import Iterator
from contextlib import contextmanager

import dj_database_url
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

# A migration may work longer than a page. What it waits for stays bounded, or it would hold up every page behind it.
_OPTIONS = "-c lock_timeout=5000"


@contextmanager
def as_owner(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Inside, the connection is the owner's (DATABASE_OWNER_URL); after, its own again. The database stays the same."""
    own = connection.settings_dict
    owner = dj_database_url.parse(settings.DATABASE_OWNER_URL)
    connection.close()
    connection.settings_dict = {
        **own,
        **{name: owner[name] for name in ("USER", "PASSWORD", "HOST", "PORT")},
        "OPTIONS": {**own["OPTIONS"], **owner.get("OPTIONS", {}), "options": _OPTIONS},
    }
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = own


def let_login_run_the_portal(connection: BaseDatabaseWrapper) -> None:
    """Make the login in DATABASE_URL a member of portal_runtime, which holds the portal's rights. Needs `as_owner`.

    Repeated at every migrate, since the login may be another one than last time.
    """
    login = dj_database_url.parse(settings.DATABASE_URL)["USER"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_roles login, pg_roles runtime WHERE login.rolname = %s AND login.rolname <> current_user"
            " AND runtime.rolname = 'portal_runtime' AND NOT pg_has_role(login.rolname, runtime.rolname, 'MEMBER')",
            [login],
        )
        if cursor.fetchone():
            cursor.execute(f"GRANT portal_runtime TO {connection.ops.quote_name(login)}")
