"""Saved views as links to the board."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from coordination.models import SavedView, Show


@dataclass(frozen=True, slots=True)
class ViewLink:
    """`query` is the board's address under this view; `is_own` says whether the reader may remove it."""

    view: SavedView
    query: str
    url: str
    owner: str
    is_own: bool


def view_links(views, *, clinic, user) -> list[ViewLink]:
    return [_link(view, clinic, user) for view in views]


def _link(view: SavedView, clinic, user) -> ViewLink:
    query = board_query(clinic=clinic.public_id, show=view.show, provider=view.providers)
    url = f"{reverse('coordination:desk')}?{query}"
    return ViewLink(view, query, url, view.owner.name, view.owner_id == user.pk)


def board_query(*, clinic: str, show: str = "", provider: list[str] | tuple = (), **more) -> str:
    """The board's filter as an address; what is usual is left out."""
    chosen = {"clinic": clinic, **more}
    if show and show != Show.ALL:
        chosen["show"] = show
    if provider:
        chosen["provider"] = provider
    return urlencode(chosen, doseq=True)
