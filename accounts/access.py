"""Every view says who may open it. `AccessMiddleware` enforces it; a start-up check refuses a URL that says nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from accounts.permissions import Permission


@dataclass(frozen=True)
class Access:
    """What a view declares: open to all (with the reason), to the signed-in, or to holders of any one permission."""

    public_because: str = ""
    any_of: frozenset[Permission] = field(default_factory=frozenset)
    passive: bool = False  # does not count as activity for the idle time-out


def _declare(view: Callable, **changes) -> Callable:
    view.access = replace(getattr(view, "access", Access()), **changes)
    return view


def public(reason: str) -> Callable:
    """Open to anybody. The reason is for the reader of the access matrix."""
    return lambda view: _declare(view, public_because=reason)


def signed_in(view: Callable) -> Callable:
    """Any active member of staff."""
    return _declare(view)


def requires(*permissions: Permission) -> Callable:
    """Staff who hold at least one of the permissions at some clinic; the view still scopes its objects to the user."""
    return lambda view: _declare(view, any_of=frozenset(permissions))


def passive(view: Callable) -> Callable:
    """A route that a page calls by itself: never counts as activity."""
    return _declare(view, passive=True)
