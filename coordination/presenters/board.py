"""The desk's board: rows in bands, and counters that are filters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.models import Show
from coordination.presenters.drawing import row_html
from coordination.presenters.rows import Band, VisitRow, minutes_between


@dataclass(frozen=True, slots=True)
class BandRows:
    key: Band
    label: str
    rows: list[VisitRow]

    def place(self) -> SafeString:
        """What the template prints where `with_rows` puts the rows."""
        return format_html("<!-- rows: {} -->", self.key)


@dataclass(frozen=True, slots=True)
class Counter:
    key: str
    label: str
    value: int
    url: str
    active: bool = False
    hint: str = ""


def bands(rows: Iterable[VisitRow], show: Show, *, today: bool) -> list[BandRows]:
    """The bands that have rows under this filter, in their order."""
    labels = {
        Band.NOW: _("Now"),
        Band.SOON: _("Next 2 hours, not ready"),
        Band.REST: _("Rest of today") if today else _("Booked"),
        Band.DONE: _("Done"),
    }
    shown = [row for row in rows if show in row.filters]
    found = [BandRows(key, labels[key], [row for row in shown if row.band == key]) for key in Band]
    return [band for band in found if band.rows]


def with_rows(page: str, found: Iterable[BandRows]) -> bytes:
    """The page with the rows of its bands drawn into their places.

    A template copies its text at every level of nesting; half a megabyte of rows would be copied twenty times.
    """
    content = page.encode()
    for band in found:
        content = content.replace(band.place().encode(), "".join(map(row_html, band.rows)).encode())
    return content


def counters(rows: list[VisitRow], *, overdue: int, now: datetime, chosen: Show, urls: dict[str, str]) -> list[Counter]:
    """The five figures at the top of the desk. All but the last are filters of the board; `urls` is by counter key."""
    labels = {
        Show.ALL: ngettext("visit", "visits", len(rows)),
        Show.UNCONFIRMED: _("not confirmed"),
        Show.INSURANCE: _("insurance open"),
        Show.WAITING: _("waiting now"),
    }
    hints = {Show.WAITING: _longest_wait(rows, now)}
    filters = [
        Counter(show, label, sum(show in row.filters for row in rows), urls[show], show == chosen, hints.get(show, ""))
        for show, label in labels.items()
    ]
    return [*filters, Counter("overdue", ngettext("overdue task", "overdue tasks", overdue), overdue, urls["overdue"])]


def _longest_wait(rows: list[VisitRow], now: datetime) -> str:
    waits = [row.waits_since for row in rows if row.waits_since]
    return _("longest %(minutes)d min") % {"minutes": minutes_between(min(waits), now)} if waits else ""
