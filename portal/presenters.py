"""Words and rows of the patient's pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from common.phone import display
from common.timefmt import format_clock, format_day, format_when, same_wall_clock
from common.us import state_name
from insurance.models import Coverage, VisitPayment
from patients.models import Patient
from portal.draft import Draft
from scheduling.models import VisitType
from scheduling.models.visit_type import Modality
from scheduling.slot_values import slot_value
from scheduling.slots import Slot


@dataclass(frozen=True, slots=True)
class Option:
    """A time to choose, as components/slots.html draws it."""

    value: str
    label: str
    hint: str = ""
    checked: bool = False
    disabled: bool = False


def first_free_options(found: Iterable[Slot], zone: ZoneInfo, *, hint=None) -> list[Option]:
    """One a line: the day, the time and with whom; the page names the zone."""
    return [
        Option(
            slot_value(slot.provider_public_id, slot.starts_at),
            _day_and_clock(slot, zone),
            hint(slot) if hint else slot.provider_name,
        )
        for slot in found
    ]


def _day_and_clock(slot: Slot, zone: ZoneInfo) -> str:
    return f"{format_day(slot.starts_at, zone)}, {format_clock(slot.starts_at, zone, abbreviation=False)}"


def day_options(found: Iterable[Slot], zone: ZoneInfo, *, hint=None) -> list[Option]:
    """Times of one day; the heading names the day and the zone."""
    return [
        Option(
            slot_value(slot.provider_public_id, slot.starts_at),
            format_clock(slot.starts_at, zone, abbreviation=False),
            hint(slot) if hint else slot.provider_name,
        )
        for slot in found
    ]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the strip, as components/week_strip.html draws it."""

    date: date
    url: str
    count: int
    active: bool

    @property
    def weekday(self) -> str:
        return date_format(self.date, "D")

    @property
    def number(self) -> str:
        return str(self.date.day)

    @property
    def name(self) -> str:
        return format_day(self.date)


def query_text(query: dict[str, str]) -> str:
    return urlencode(query)


def week_days(week: dict[date, list[Slot]], active: date | None, query: dict) -> list[Day]:
    return [
        Day(each, "?" + query_text(query | {"day": each.isoformat()}) + "#day", len(found), each == active)
        for each, found in week.items()
    ]


def neighbours(first: date, today: date, last: date, query: dict) -> dict[str, str]:
    """Addresses of the weeks before and after; empty where there is nothing to book."""
    before, after = max(first - timedelta(days=7), today), first + timedelta(days=7)
    return {
        "earlier_url": "?" + query_text(query | {"week": before.isoformat()}) if first > today else "",
        "later_url": "?" + query_text(query | {"week": after.isoformat()}) if after <= last else "",
    }


def when_words(moment: datetime, zone: ZoneInfo, clinic_zone: ZoneInfo) -> str:
    """The patient's clock first, the clinic's in brackets where it differs."""
    words = format_when(moment, zone)
    if same_wall_clock(moment, zone, clinic_zone):
        return words
    return _("%(when)s (%(time)s at the clinic)") % {"when": words, "time": format_clock(moment, clinic_zone)}


def answers(draft: Draft, visit_type: VisitType, provider, clinic, urls: dict[str, str]) -> list[dict]:
    """The check page's rows; each says what its Change link changes."""
    rows = [
        _row(_("Kind of visit"), visit_type.name_in(get_language() or "en"), urls["reason"], _("kind of visit")),
        _row(_("Reason"), draft.reason, urls["reason"], _("reason")),
        _row(_("Where you will be"), state_name(draft.state), urls["where"], _("where you will be")),
        _row(_("When"), when_words(draft.start, ZoneInfo(draft.zone), clinic.zone), urls["time"], _("time")),
        _row(_("With"), str(provider), urls["time"], _("provider")),
        _row(_("Name"), f"{draft.first_name} {draft.last_name}", urls["details"], _("name")),
        _row(_("Date of birth"), _birth_date(draft.born), urls["details"], _("date of birth")),
        _row(_("Mobile phone"), display(draft.mobile), urls["details"], _("mobile phone")),
        _row(_("Text messages"), _("Yes") if draft.texts else _("No"), urls["details"], _("text messages")),
        _row(_("E-mail"), draft.email or _("Not given"), urls["details"], _("e-mail")),
        _row(_("Language"), Patient.Language(draft.language).label, urls["details"], _("language")),
    ]
    if draft.interpreter_language:
        rows.append(_row(_("Interpreter"), draft.interpreter_language, urls["details"], _("interpreter")))
    return rows + _payment_rows(draft, visit_type, urls)


def _payment_rows(draft: Draft, visit_type: VisitType, urls: dict[str, str]) -> list[dict]:
    if draft.payment == VisitPayment.Method.SELF_PAY:
        return [
            _row(_("Payment"), _("You pay yourself"), urls["payment"], _("payment")),
            _row(_("Price"), price_words(visit_type), urls["reason"], _("kind of visit")),
        ]
    rows = [
        _row(_("Payment"), _("With your insurance"), urls["payment"], _("payment")),
        _row(_("Insurance"), draft.payer_name, urls["insurance"], _("insurance")),
        _row(_("Member ID"), draft.member_id, urls["insurance"], _("member ID")),
    ]
    if draft.relationship != Coverage.Relationship.SELF:
        rows.append(_row(_("Name on the plan"), draft.subscriber_name, urls["insurance"], _("name on the plan")))
    return rows


_HAPPENS = {
    Modality.VIDEO: _l("By video. We send you the link before the visit: open it to join."),
    Modality.PHONE: _l("By phone. We call you when it is time."),
    Modality.LINK: _l("By video. We send you the link before the visit: open it to join."),
}


def how_words(visit) -> str:
    """How the visit is held, and what the patient has to do or to wait for."""
    return str(_HAPPENS[visit.modality])


def join_words(visit) -> str:
    """The button that leads into the waiting room."""
    return _("Check in for your call") if visit.modality == Modality.PHONE else _("Join your visit")


def price_words(visit_type: VisitType | None) -> str:
    """What whoever pays alone is told about the price; never nothing."""
    if visit_type is None or visit_type.self_pay_price is None:
        return _("The clinic tells you the price before the visit.")
    return f"${visit_type.self_pay_price:,.2f}"


def _row(label: str, value: str, url: str, change: str) -> dict:
    return {"label": label, "value": value, "url": url, "change": change}


def _birth_date(born: date) -> str:
    return date_format(born, "F j, Y" if (get_language() or "en").startswith("en") else r"j \d\e F \d\e Y")
