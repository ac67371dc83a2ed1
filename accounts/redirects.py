"""Sending somebody elsewhere in the way their request can follow: a page, an htmx swap, or JSON."""

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def send_to(request: HttpRequest, where: str, *, ended: str = "") -> HttpResponse:
    """To the page `where`, which afterwards brings the person back. `ended` tells it why a session is over.

    A page request is redirected, htmx is told to load the page, and a caller that wants JSON gets 401.
    """
    if not request.accepts("text/html"):
        return JsonResponse({"signed_in": request.user.is_authenticated}, status=401)
    query = {"next": page_of(request)} | ({"ended": ended} if ended else {})
    address = f"{resolve_url(where)}?{urlencode(query)}"
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def page_of(request: HttpRequest) -> str:
    """The path of the page the person was on: what a fragment or a form belongs to, never another host's page."""
    if request.headers.get("HX-Request"):
        address = request.headers.get("HX-Current-URL", "")
    elif request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    else:
        address = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}):
        return "/"
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"
