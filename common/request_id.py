"""One id for all that one request sets off: its log lines, audit rows and background tasks."""

import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import uuid4

HEADER = "X-Request-ID"
_ACCEPTED = re.compile(r"[A-Za-z0-9_-]{8,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")

logger = logging.getLogger("portal.request")


def current() -> str:
    """The id of the request or task that is being worked on, empty outside both."""
    return _current.get()


@contextmanager
def entered(request_id: str) -> Iterator[None]:
    """Work inside carries this id."""
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)


class RequestIdMiddleware:
    """Takes the proxy's id when it is well-formed, else makes one; answers with it; logs one line for each request.

    The line names the route's pattern and never the path: a path may hold a patient's link.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get(HEADER, "")
        request.request_id = given if _ACCEPTED.fullmatch(given) else uuid4().hex
        with entered(request.request_id):
            started = time.perf_counter()
            response = self.get_response(request)
            response.headers[HEADER] = request.request_id
            _log(request, response, started)
        return response


def _log(request, response, started: float) -> None:
    match = request.resolver_match
    line = {
        "method": request.method,
        "route": match.route if match else "",
        "status": response.status_code,
        "ms": round((time.perf_counter() - started) * 1000, 1),
    }
    logger.info("%(method)s /%(route)s %(status)s %(ms)s ms", line, extra=line)
