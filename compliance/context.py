"""Who is acting, from where, in which request: noted once by the middleware, read by every audit row."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class AuditContext:
    """What audit rows of the current request or task share. `request` is kept so that the user is read late."""

    request: object = None
    ip: str | None = None
    role: str = ""
    purpose: str = ""
    service: str = ""


_current: ContextVar[AuditContext | None] = ContextVar("audit_context", default=None)


def from_request(request) -> AuditContext:
    """A fresh context for one request."""
    return AuditContext(request=request, ip=request.META.get("REMOTE_ADDR") or None)


def current(request=None) -> AuditContext:
    """The context of this request or task; an empty one outside both. `request` stands in where no middleware ran."""
    context = _current.get()
    if context is None or (request is not None and context.request is None):
        return from_request(request) if request is not None else AuditContext()
    return context


def note(*, role: str | None = None, purpose: str | None = None) -> None:
    """Add what only becomes known on the way: the role that opened the door, the reason the person gave."""
    context = _current.get()
    if context is None:
        return
    if role is not None:
        context.role = role
    if purpose is not None:
        context.purpose = purpose


@contextmanager
def entered(context: AuditContext):
    """Rows written inside carry `context`."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


def acting_service(name: str):
    """`with acting_service("messaging.dispatch"):` names the service behind rows that no person caused."""
    return entered(AuditContext(service=name))
