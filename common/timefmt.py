"""How a moment is written for people: 12-hour clock, full weekday, zone abbreviation, in the reader's language."""

from datetime import date, datetime, time, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

# Day formats differ in word order, not only in words; Django's own localized formats drop the weekday.
DAY_FORMATS = {"en": ("l, F j", "l, F j, Y"), "es": (r"l j \d\e F", r"l j \d\e F \d\e Y")}
SHORT_DAY_FORMATS = {"en": "D, M j", "es": "D j b"}
CLOCK_FORMAT = "g:i A"
# What people in the US say, where the CLDR's Spanish is that of Spain.
US_SPANISH_ZONES = {
    "hora oriental": "hora del este",
    "hora de las Montañas Rocosas": "hora de la montaña",
    "hora de Hawái-Aleutianas": "hora de Hawái",
}


def as_zone(zone: str | tzinfo | None) -> tzinfo:
    """A zone given by name or as an object; none means the zone that is active for this request."""
    if not zone:
        return timezone.get_current_timezone()
    return ZoneInfo(zone) if isinstance(zone, str) else zone


def zone_abbreviation(moment: datetime, zone: str | tzinfo | None = None) -> str:
    """ "EST", "MST"; zones whose database entry has no letters are written "GMT-3"."""
    name = moment.astimezone(as_zone(zone)).tzname() or ""
    return f"GMT{name}" if name[:1] in "+-" else name


def zone_name(zone: str | tzinfo | None = None) -> str:
    """The zone's everyday name without summer or winter: "Eastern Time", "hora del este"."""
    language = (get_language() or "en").replace("-", "_")
    name = get_timezone_name(as_zone(zone), width="long", locale=language)
    return US_SPANISH_ZONES.get(name, name)


def format_day(value: date | datetime, zone: str | tzinfo | None = None, *, year: bool = False) -> str:
    """ "Tuesday, December 1", in Spanish "martes 1 de diciembre"; a datetime is first moved to the zone."""
    if isinstance(value, datetime):
        value = value.astimezone(as_zone(zone))
    language = (get_language() or "en").split("-")[0]
    return date_format(value, DAY_FORMATS.get(language, DAY_FORMATS["en"])[year])


def format_short(moment: datetime, zone: str | tzinfo | None = None) -> str:
    """ "Tue, Dec 1, 2:30 PM", in Spanish "mar 1 dic, 2:30 PM": for text messages, where every letter counts."""
    language = (get_language() or "en").split("-")[0]
    day = date_format(moment.astimezone(as_zone(zone)), SHORT_DAY_FORMATS.get(language, SHORT_DAY_FORMATS["en"]))
    return f"{day}, {format_clock(moment, zone, abbreviation=False)}"


def format_clock(moment: datetime, zone: str | tzinfo | None = None, *, abbreviation: bool = True) -> str:
    """ "2:30 PM EST"; without the abbreviation where a heading already names the zone."""
    local = moment.astimezone(as_zone(zone))
    text = _wall_clock(local.hour, local.minute, get_language())
    return f"{text} {zone_abbreviation(moment, zone)}" if abbreviation else text


@lru_cache(maxsize=4096)
def _wall_clock(hour: int, minute: int, _language: str | None) -> str:
    """Kept: a day has few times, and a board of it shows each many times."""
    return date_format(time(hour, minute), CLOCK_FORMAT)


def format_when(moment: datetime, zone: str | tzinfo | None = None, *, year: bool = False) -> str:
    """ "Tuesday, December 1, 2:30 PM EST"."""
    return f"{format_day(moment, zone, year=year)}, {format_clock(moment, zone)}"


def same_wall_clock(moment: datetime, zone: str | tzinfo, other: str | tzinfo) -> bool:
    """Whether both zones read the same on the wall at that moment."""
    return moment.astimezone(as_zone(zone)).utcoffset() == moment.astimezone(as_zone(other)).utcoffset()
