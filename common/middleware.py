"""Where a request comes from, what no address may hold, and headers that every answer carries."""

import ipaddress

from django.conf import settings
from django.core.exceptions import BadRequest

_OF_A_CALL = ("camera", "microphone", "display-capture")
_OF_NO_PAGE = ("geolocation", "payment", "usb", "browsing-topics")
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in (*_OF_A_CALL, *_OF_NO_PAGE))
# For a page with a call, where the browser still asks the person.
CALL_PERMISSIONS_POLICY = ", ".join(
    [f"{feature}=(self)" for feature in _OF_A_CALL] + [f"{feature}=()" for feature in _OF_NO_PAGE]
)

_PROXY_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")


class ClientAddressMiddleware:
    """Behind one of TRUSTED_PROXIES the client's address is the last of X-Forwarded-For that is no such proxy's own.

    Everything before it is what the client claims. Without this, limits by address would count all patients as one and
    the audit trail would name the proxy. From anybody else the headers of a proxy are dropped unread.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.proxies = [ipaddress.ip_network(network, strict=False) for network in settings.TRUSTED_PROXIES]

    def __call__(self, request):
        if self._is_proxy(request.META.get("REMOTE_ADDR", "")):
            request.META["REMOTE_ADDR"] = self._client_of(request) or request.META["REMOTE_ADDR"]
        else:
            for header in _PROXY_HEADERS:
                request.META.pop(header, None)
        return self.get_response(request)

    def _client_of(self, request) -> str:
        """Empty when what the nearest proxy has written is no address."""
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
        seen = next((hop for hop in reversed(hops) if not self._is_proxy(hop)), hops[-1])
        return seen if _is_address(seen) else ""

    def _is_proxy(self, text: str) -> bool:
        return _is_address(text) and any(ipaddress.ip_address(text) in network for network in self.proxies)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text  # a zone is no part of an address that the audit trail can hold


class NoNulMiddleware:
    """400 for an address with a NUL in it. No name has one, and PostgreSQL answers every look-up with it by a fault."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in the address")
        return self.get_response(request)


class SecurityHeadersMiddleware:
    """Closes what a page does not need, and keeps pages with somebody's data out of every cache.

    A view that needs a camera sets its own Permissions-Policy; a view behind a patient's link sets its own
    Referrer-Policy. What a view set stays.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if getattr(request, "carries_link_token", False):
            response.headers.setdefault("Referrer-Policy", "no-referrer")
            response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
            response.headers["Cache-Control"] = "no-store"
        elif _is_personal(request):
            response.headers["Cache-Control"] = "no-store"
        return response


def _is_personal(request) -> bool:
    """Whether a session stood behind the answer. Asks the session only, so no query is added."""
    session = getattr(request, "session", None)
    return session is not None and session.accessed
