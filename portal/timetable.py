"""What the "choose a time" pages show, from what their address asks for: a week, a day, a part of it, a provider.

A time that somebody else was quicker to take is part of the address, too: the page with the nearest other times can be
loaded again, and the way back does not send the form again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from django.http import QueryDict
from django.utils.translation import gettext as _

from common.timeutil import local_date, read_date, read_instant
from portal import presenters
from portal.times import Wish
from scheduling.day_parts import DayPart
from scheduling.slots import Slot

T = TypeVar("T")
ALL_DAY = "all"
LONG_DAY = 16  # more times than this are shown part by part


@dataclass(frozen=True, slots=True)
class Question:
    """The address's parameters; anything that is not a date or a part of the day counts as not given."""

    week: date | None
    day: date | None
    part: str  # of the day; "all" for the whole of it
    lost: datetime | None  # the time that was just taken
    kept: dict[str, str]  # what every link of the page carries on (the provider)

    @classmethod
    def of(cls, query: QueryDict, *carried: str) -> "Question":
        part = query.get("part", "")
        kept = {name: query[name] for name in carried if query.get(name)}
        known = part in (*DayPart.values, ALL_DAY)
        return cls(
            week=_read(read_date, query.get("week")),
            day=_read(read_date, query.get("day")),
            part=part if known else "",
            lost=_read(read_instant, query.get("lost")),
            kept=kept,
        )


def lost_query(starts_at: datetime, **kept: str) -> str:
    """The end of an address that tells about the lost time; `kept` as in Question, without what is empty."""
    instant = starts_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return "?" + presenters.query_text({"lost": instant} | {name: value for name, value in kept.items() if value})


def build(wish: Wish, question: Question, now: datetime, *, hint=None) -> dict:
    """The page's context. Without a day the five first free times stand above the week; with one, that day's times.
    After a lost time the nearest ones stand alone, if there are any.

    At most two searches, where a lost time has nothing near it four. `hint(slot)` gives the words beside a time, the
    provider's name by default.
    """
    nearest = wish.nearest(question.lost, now) if question.lost else []
    if nearest:
        return {"lost": True, "nearest": presenters.first_free_options(nearest, wish.zone, hint=hint)}
    return {"lost": question.lost is not None} | _all_times(wish, question, now, hint)


def _all_times(wish: Wish, question: Question, now: datetime, hint) -> dict:
    today = local_date(now, wish.zone)
    last = local_date(now + timedelta(days=wish.visit_type.horizon_days), wish.zone)
    first_free = [] if question.day else wish.first_free(now)
    first = _first_day(question, first_free, today, last, wish)
    week = wish.week(first, now)
    day = question.day if question.day in week else None
    carried = question.kept | {"week": first.isoformat()}
    context = {
        "days": presenters.week_days(week, day, carried),
        "first_free": presenters.first_free_options(first_free, wish.zone, hint=hint),
        "day": day,
        "first_free_url": "?" + presenters.query_text(question.kept),
        **presenters.neighbours(first, today, last, question.kept),
    }
    return context | (_day(week[day], day, question, carried, wish, hint) if day else {})


def _day(found: list[Slot], day: date, question: Question, carried: dict, wish: Wish, hint) -> dict:
    free = {part: [slot for slot in found if DayPart.of(slot.starts_at, wish.zone) == part] for part in DayPart}
    free = {part: slots for part, slots in free.items() if slots}
    part = question.part or (next(iter(free), ALL_DAY) if len(found) > LONG_DAY else ALL_DAY)
    shown = found if part == ALL_DAY else free.get(part, [])
    return {
        "slots": presenters.day_options(shown, wish.zone, hint=hint),
        "parts": _parts(free, part, len(found), carried | {"day": day.isoformat()}),
    }


def _parts(free: dict[DayPart, list[Slot]], shown: str, total: int, query: dict) -> list[dict]:
    """Morning, afternoon, evening, all day; parts without a free time are left out."""
    tabs = [
        _tab(str(part.label), query | {"part": part}, len(slots), active=part == shown) for part, slots in free.items()
    ]
    return [*tabs, _tab(_("All day"), query | {"part": ALL_DAY}, total, active=shown == ALL_DAY)]


def _tab(label: str, query: dict, count: int, *, active: bool) -> dict:
    return {"label": label, "url": f"?{presenters.query_text(query)}#day", "count": count, "active": active}


def _first_day(question: Question, first_free: list[Slot], today: date, last: date, wish: Wish) -> date:
    """The strip begins where the address says, else with the day of the first free time."""
    free = local_date(first_free[0].starts_at, wish.zone) if first_free else today
    return min(max(question.week or question.day or free, today), last)


def _read(read: Callable[[str], T], text: str | None) -> T | None:
    try:
        return read(text or "")
    except ValueError:
        return None
