"""How the desk answers: a page, the drawer beside a list, or only the toasts after a button of a row.

Every change is a POST that redirects. What is said about it waits in the session's messages: the page prints them, the
drawer and the rows get them as toasts. A message's extra tags hold the address that takes the change back, or else
what it is about: the name of the patient is no part of the message, it is written when the toast is drawn.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import trigger_client_event

from scheduling.models import Appointment

DRAWER = "drawer"
TOASTS = "toasts"


def wants(request: HttpRequest) -> str:
    """Which part of the page is asked for: DRAWER, TOASTS, or empty for the whole page."""
    target = (request.htmx.target or "") if request.htmx else ""
    return target if target in {DRAWER, TOASTS} else ""


def say(request: HttpRequest, words: str, *, undo: str = "", about: str = "") -> None:
    """Something worked; `undo` is the address that takes it back, `about` the subject it was done to."""
    messages.success(request, words, extra_tags=undo or about)


def complain(request: HttpRequest, words: str, *, about: str = "") -> None:
    """Something was refused."""
    messages.error(request, words, extra_tags=about)


def toasts(request: HttpRequest, *changed: str, visit: Appointment | None = None) -> HttpResponse:
    """Only what there is to say; `changed` subjects are named to the page's script.

    What was said about the `visit` is said with its patient's name.
    """
    return _with_changes(render(request, "coordination/toasts.html", {"visit": visit}), changed)


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
