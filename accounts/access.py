"""Every view says who may open it. `AccessMiddleware` enforces it; a start-up check refuses a URL that says nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from accounts.permissions import Permission


@dataclass(frozen=True)
class Access:
    """What a view declares: open to everyone (with the reason), to the signed-in, or to holders of one of the
    permissions."""

    public_because: str = ""
    any_of: frozenset[Permission] = field(default_factory=frozenset)
    passive: bool = False  # does not count as activity for the idle time-out
    before_second_factor: bool = False  # open to the signed-in who have not shown their second factor yet
    hidden: bool = False  # answers 404 to whoever may not open it: it is about somebody, and says not even that

    def __str__(self) -> str:
        if self.public_because:
            return "public"
        return " | ".join(sorted(self.any_of)) or "signed in"


def _declare(view: Callable, **changes) -> Callable:
    view.access = replace(getattr(view, "access", Access()), **changes)
    return view


def public(reason: str) -> Callable:
    """Open to anybody. The reason is for the reader of the access matrix."""
    return lambda view: _declare(view, public_because=reason, any_of=frozenset())


def signed_in(view: Callable) -> Callable:
    """Any active member of staff."""
    return _declare(view, public_because="", any_of=frozenset())


def requires(*permissions: Permission) -> Callable:
    """Staff who hold at least one of the permissions at some clinic; the view still scopes its objects to the user."""
    if not permissions:
        raise ValueError("Name at least one permission, or declare the view signed_in.")
    return lambda view: _declare(view, public_because="", any_of=frozenset(permissions))


def hidden(view: Callable) -> Callable:
    """About one patient, and only for few: others are told that there is no such page."""
    return _declare(view, hidden=True)


def passive(view: Callable) -> Callable:
    """A route that a page calls by itself: never counts as activity."""
    return _declare(view, passive=True)


def before_second_factor(view: Callable) -> Callable:
    """Open without a second factor: a patient may have one, only staff must."""
    return _declare(view, before_second_factor=True)


_SIGNING_IN = Access(public_because="leads to or from the sign-in")
_OWN_ACCOUNT = Access(before_second_factor=True)
_SETUP = Access(any_of=frozenset({Permission.SETUP, Permission.USERS_EDIT, Permission.AUDIT_VIEW}))

# Views of others, by URL name or by namespace ("admin:*"). Everything else declares itself.
OTHERS: dict[str, Access] = {
    "account_login": _SIGNING_IN,
    "account_logout": _SIGNING_IN,
    "account_inactive": _SIGNING_IN,
    "account_signup": Access(public_because="says that nobody signs up by themselves"),
    "account_reset_password": _SIGNING_IN,
    "account_reset_password_done": _SIGNING_IN,
    "account_reset_password_from_key": Access(public_because="a single-use link from an e-mail"),
    "account_reset_password_from_key_done": _SIGNING_IN,
    "account_email_verification_sent": _SIGNING_IN,
    "account_confirm_login_code": _SIGNING_IN,
    "mfa_authenticate": _SIGNING_IN,
    "account_reauthenticate": _OWN_ACCOUNT,
    "mfa_reauthenticate": _OWN_ACCOUNT,
    "mfa_index": _OWN_ACCOUNT,
    "mfa_activate_totp": _OWN_ACCOUNT,
    "account_email": Access(),
    "account_change_password": Access(),
    "account_set_password": Access(),
    "mfa_deactivate_totp": Access(),
    "mfa_view_recovery_codes": Access(),
    "mfa_generate_recovery_codes": Access(),
    "mfa_download_recovery_codes": Access(),
    "usersessions_list": Access(),
    "admin:login": _SIGNING_IN,
    "admin:logout": _SIGNING_IN,
    "admin:*": _SETUP,
}


def access_of(view: Callable, view_name: str) -> Access | None:
    """What the view behind a URL declares, itself or in the table above; None when nothing is said.

    `view_name` is the URL's name with its namespaces (`ResolverMatch.view_name`).
    """
    declared = getattr(view, "access", None) or getattr(getattr(view, "view_class", None), "access", None)
    namespace = view_name.rpartition(":")[0]
    return declared or OTHERS.get(view_name) or OTHERS.get(f"{namespace}:*")
