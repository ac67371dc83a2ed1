"""How often one address may do what the public may do."""

import ipaddress
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from common import ratelimit

MINUTE = 60
HOUR = 3600


def address_of(request: HttpRequest) -> str:
    """Whom limits count: the client's address, of IPv6 the /64 network, which one customer has to himself."""
    text = request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else text


def holder_of(request: HttpRequest) -> str:
    """The same as a name under which times are kept, from which nobody reads the address."""
    return salted_hmac("portal.hold", address_of(request)).hexdigest()[:32]


def limited(scope: str, limit: int, window: int, *, methods: tuple[str, ...] = ("POST",)) -> Callable:
    """At most `limit` requests of these methods from one address in `window` seconds; then 429, as page or as JSON."""

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.method in methods and not ratelimit.hit(scope, address_of(request), limit, window):
                return too_many(request, window)
            return view(request, *args, **kwargs)

        return wrapped

    return decorate


def too_many(request: HttpRequest, window: int) -> HttpResponse:
    if request.path.startswith("/api/"):
        words = _("Too many requests. Wait a minute and try again.")
        response: HttpResponse = JsonResponse({"error": {"code": "too_many", "message": words}}, status=429)
    else:
        response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = str(window)
    return response
