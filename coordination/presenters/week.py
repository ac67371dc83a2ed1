"""The week as a table: days down the side, providers across, visits and free gaps in each cell."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from clinics.models import Provider
from common.timefmt import format_clock, format_day
from coordination.presenters.rows import minutes_between
from coordination.selectors.week import DAYS, Stretch

SHORTEST_GAP = 10  # minutes; what is shorter holds no visit


@dataclass(frozen=True, slots=True)
class Block:
    """One visit or one free gap."""

    time: str
    label: str
    url: str
    kind: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One provider's day: no blocks, no hours."""

    provider: str
    blocks: list[Block]


@dataclass(frozen=True, slots=True)
class WeekDay:
    day: date
    name: str
    url: str
    is_today: bool
    cells: list[Cell]


def week_days(
    week: dict[tuple[int, date], list[Stretch]], providers: list[Provider], first: date, today: date, zone
) -> list[WeekDay]:
    """One row a day, one cell a provider in the order of `providers`."""
    desk = reverse("coordination:desk")
    days = [first + timedelta(days=offset) for offset in range(DAYS)]
    return [
        WeekDay(
            day=day,
            name=format_day(day),
            url=f"{desk}?day={day.isoformat()}",
            is_today=day == today,
            cells=[
                Cell(provider.name, _blocks(week.get((provider.pk, day), []), zone, past=day < today))
                for provider in providers
            ],
        )
        for day in days
    ]


def _blocks(stretches: list[Stretch], zone, *, past: bool) -> list[Block]:
    """Visits, and on days that are not over the gaps that could hold another."""
    return [_block(one, zone) for one in stretches if one.visit or (not past and _is_gap(one))]


def _is_gap(stretch: Stretch) -> bool:
    return minutes_between(stretch.starts_at, stretch.ends_at) >= SHORTEST_GAP


def _block(stretch: Stretch, zone) -> Block:
    start = format_clock(stretch.starts_at, zone, abbreviation=False)
    if stretch.visit is None:
        end = format_clock(stretch.ends_at, zone, abbreviation=False)
        return Block(f"{start} – {end}", _("free"), "", "free")
    visit = stretch.visit
    url = reverse("coordination:visit", args=[visit.public_id])
    return Block(start, visit.patient.display_name, url, visit.status)
