"""Invented rows for the gallery. None of these people exist."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
READY = {"Confirmed": "ready", "Insurance": "ready", "Intake and consent": "ready", "Tech check": "ready"}
WORDS = {
    "ready": "ready",
    "missing": "not done yet",
    "problem": "refused, needs a person",
    "waiting": "asked, no answer yet",
}
NAV = [
    ("Desk", "gallery_board", "layout-dashboard", True),
    ("Week", "gallery", "calendar-days", False),
    ("Patients", "gallery", "users", False),
    ("Inbox", "gallery", "inbox", False),
    ("Tasks", "gallery", "list-checks", False),
    ("Set-up", "gallery", "settings", False),
]
PEOPLE = [
    ("Ana Ruiz", 34, "Spanish, interpreter", "Dr. Okafor", "Follow-up", {"Insurance": "problem"}),
    ("Walter Lindqvist", 71, "", "Dr. Okafor", "Medication review", {"Tech check": "missing"}),
    ("Mei Tanaka", 28, "", "Dr. Haddad", "First visit", {"Confirmed": "missing", "Intake and consent": "missing"}),
    ("Samuel Adeyemi", 45, "", "Dr. Haddad", "Follow-up", {"Confirmed": "waiting"}),
    ("Grace O'Donnell", 52, "", "Dr. Okafor", "Lab results", {}),
    ("Luis Herrera-Montgomery", 19, "Spanish", "N. Patel, NP", "First visit", {"Insurance": "waiting"}),
    ("Ruth Feldman", 83, "", "Dr. Okafor", "Follow-up", {}),
    ("Jamal Whitaker", 39, "", "N. Patel, NP", "Skin check", {"Tech check": "missing"}),
    ("Ingrid Solberg", 61, "", "Dr. Haddad", "Medication review", {}),
]
BANDS = [("Now", 2), ("Next 2 hours, not ready", 4), ("Rest of today", 8), ("Done", 4)]
STATES = {
    "Now": ("In visit, 12 min", "info", "video"),
    "Next 2 hours, not ready": ("Booked", "neutral", ""),
    "Rest of today": ("Confirmed", "neutral", "circle-check"),
    "Done": ("Completed", "neutral", "check"),
}


def visit(number: int, band: str, morning: datetime) -> dict:
    """One row of the board."""
    name, age, language, provider, kind, missing = PEOPLE[number % len(PEOPLE)]
    marks = READY | (missing if band not in {"Done", "Now"} else {})
    state, state_kind, state_icon = STATES[band]
    return {
        "name": name, "age": age, "language": language, "provider": provider, "type": kind,
        "starts_at": morning + timedelta(minutes=30 * number),
        "marks": [(mark, value, WORDS[value]) for mark, value in marks.items()],
        "state": state, "state_kind": state_kind, "state_icon": state_icon,
        "next": "" if band == "Done" else "Join as host" if band == "Now" else "Send reminder",
        "done": band == "Done",
    }  # fmt: skip


def bands(today: datetime) -> list[dict]:
    """The board's bands with their rows, starting at eight in the morning."""
    morning = today.astimezone(EASTERN).replace(hour=8, minute=0, second=0, microsecond=0)
    found, number = [], 0
    for name, size in BANDS:
        rows = [visit(number + offset, name, morning) for offset in range(size)]
        found.append({"name": name, "rows": rows})
        number += size
    return found


def slots(today: datetime) -> list[dict]:
    start = today.astimezone(EASTERN).replace(hour=9, minute=0, second=0, microsecond=0)
    times = [start + timedelta(minutes=40 * number) for number in range(6)]
    return [
        {"value": number, "label": time.strftime("%-I:%M %p"), "checked": number == 1, "disabled": number == 4}
        for number, time in enumerate(times)
    ]


def week(today: datetime, address: str) -> list[dict]:
    days = [today + timedelta(days=number) for number in range(7)]
    return [
        {"url": f"{address}?day={day:%Y-%m-%d}", "weekday": f"{day:%a}", "number": day.day,
         "name": f"{day:%A, %B} {day.day}", "count": (number * 3) % 7, "active": number == 1}
        for number, day in enumerate(days)
    ]  # fmt: skip


def month(address: str) -> dict:
    short = ["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"]
    long = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    cells = [None, None] + [
        {"number": number, "name": f"December {number}", "today": number == 3, "active": number == 9,
         "count": number % 4, "url": f"{address}?day={number}" if number > 3 and number % 4 else ""}
        for number in range(1, 32)
    ] + [None, None]  # fmt: skip
    return {
        "caption": "December 2026",
        "weekdays": list(zip(short, long, strict=True)),
        "weeks": [cells[start : start + 7] for start in range(0, len(cells), 7)],
    }


CHECKLIST = [
    {
        "label": "Fill in your forms",
        "url": "#forms",
        "hint": "About 5 minutes. You can stop and go on later.",
        "done": False,
    },
    {"label": "Test your camera and microphone", "url": "#test", "hint": "About 1 minute.", "done": False},
    {"label": "Add the visit to your calendar", "url": "#calendar", "hint": "", "done": True},
]
SUMMARY = [
    {"label": "Visit", "value": "First visit by video, 30 minutes", "url": "#reason", "change": "the visit type"},
    {"label": "Time", "value": "Tuesday, December 1, 2:30 PM EST", "url": "#time", "change": "the time"},
    {"label": "With", "value": "Amara Okafor, MD"},
    {"label": "Phone", "value": "(202) 555-0142", "url": "#phone", "change": "your phone number"},
]
