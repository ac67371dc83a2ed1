"""Refuses to start with an address whose view says nothing about who may open it."""

from collections.abc import Iterator
from typing import NamedTuple

from django.core import checks
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.access import Access, access_of


class Route(NamedTuple):
    """One address of the portal: its pattern as written, its name with namespaces, and what its view declares."""

    pattern: str
    name: str
    parameters: tuple[str, ...]
    access: Access | None
    view: object


def register_all() -> None:
    checks.register(every_view_declares_access, checks.Tags.urls)


def every_view_declares_access(app_configs, **kwargs) -> list[checks.Error]:
    return [
        checks.Error(
            f"/{route.pattern} does not say who may open it.",
            hint="Put @public(reason), @signed_in or @requires(Permission.…) of accounts.access on the view.",
            obj=route.view,
            id="accounts.E001",
        )
        for route in routes()
        if route.access is None
    ]


def routes(urlconf: str | None = None) -> Iterator[Route]:
    """Every address of the portal, in the order in which they are tried."""
    yield from _walk(get_resolver(urlconf).url_patterns)


def _walk(patterns, prefix: str = "", namespaces: tuple[str, ...] = (), outer: tuple[str, ...] = ()) -> Iterator[Route]:
    for entry in patterns:
        written = prefix + str(entry.pattern)
        parameters = outer + tuple(entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            inner = namespaces + ((entry.namespace,) if entry.namespace else ())
            yield from _walk(entry.url_patterns, written, inner, parameters)
        elif isinstance(entry, URLPattern):
            name = ":".join((*namespaces, entry.name or ""))
            yield Route(written, name, parameters, access_of(entry.callback, name), entry.callback)
