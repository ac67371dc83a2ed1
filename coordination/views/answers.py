"""How the desk answers: a page, the drawer beside a list, or only the toasts after a button of a row.

Every change is a POST that redirects. What is said about it waits in the session's messages: the page prints them, the
drawer and the rows get them as toasts. A message's extra tags may hold the address that takes the change back.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import trigger_client_event

DRAWER = "drawer"
TOASTS = "toasts"


def wants(request: HttpRequest) -> str:
    """Which part of the page is asked for: DRAWER, TOASTS, or empty for the whole page."""
    target = (request.htmx.target or "") if request.htmx else ""
    return target if target in {DRAWER, TOASTS} else ""


def say(request: HttpRequest, words: str, *, undo: str = "") -> None:
    """Something worked; `undo` is the address that takes it back."""
    messages.success(request, words, extra_tags=undo)


def complain(request: HttpRequest, words: str) -> None:
    """Something was refused."""
    messages.error(request, words)


def toasts(request: HttpRequest, *changed: str) -> HttpResponse:
    """Only what there is to say; `changed` subjects are named to the page's script."""
    return _with_changes(render(request, "coordination/toasts.html"), changed)


def drawer_or_page(
    request: HttpRequest, context: dict, *, drawer: str, page: str, changed: tuple[str, ...] = (), status: int = 200
) -> HttpResponse:
    """The same thing beside the list or as a page of its own."""
    in_drawer = wants(request) == DRAWER
    has_news = in_drawer and len(messages.get_messages(request)) > 0
    response = render(request, drawer if in_drawer else page, context | {"in_drawer": in_drawer}, status=status)
    return _with_changes(response, changed if has_news else ())


def _with_changes(response: HttpResponse, changed: tuple[str, ...]) -> HttpResponse:
    return trigger_client_event(response, "changed", {"subjects": list(changed)}) if changed else response
