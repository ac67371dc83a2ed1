"""Headers that every answer carries."""

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "microphone", "display-capture", "geolocation", "payment", "usb", "browsing-topics")
)


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
