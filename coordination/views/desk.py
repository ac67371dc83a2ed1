"""Today's board: the page, the fragment it refreshes itself with, and the rows that changed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import passive, requires
from accounts.models import User
from accounts.permissions import Permission
from clinics.models import Clinic
from common.timefmt import format_clock, format_day
from common.timeutil import local_date, read_date
from compliance import audit
from coordination.clinic_choice import current_clinic
from coordination.forms.tasks import team_of
from coordination.models import Show
from coordination.presenters.board import Counter, bands, counters, with_rows
from coordination.presenters.drawing import ROW_ICONS, row_html
from coordination.presenters.rows import Reader, VisitRow, row_of
from coordination.presenters.saved_views import board_query, view_links
from coordination.selectors.board import board, next_day_with_visits, overdue_count, saved_views
from scheduling.models import Appointment

MAX_PROVIDERS = 50
MAX_CHANGED_ROWS = 100  # a page that missed more than this fetches the whole board


@dataclass
class BoardPage:
    """One clinic's day as one user sees it through one filter."""

    request: HttpRequest
    clinic: Clinic
    now: datetime

    @classmethod
    def of(cls, request: HttpRequest) -> "BoardPage":
        return cls(request, current_clinic(request), timezone.now())

    @cached_property
    def today(self) -> date:
        return local_date(self.now, self.clinic.zone)

    @cached_property
    def day(self) -> date:
        return chosen_day(self.request, self.today)

    @cached_property
    def show(self) -> Show:
        wanted = self.request.GET.get("show", "")
        return Show(wanted) if wanted in set(Show) else Show.ALL

    @cached_property
    def providers(self) -> list[str]:
        """Whose visits alone are shown; empty for everybody's. Ids that mean nothing show nothing."""
        return self.request.GET.getlist("provider")[:MAX_PROVIDERS]

    @cached_property
    def held(self) -> frozenset[Permission]:
        return self.request.user.grants()[self.clinic.pk]

    @cached_property
    def visits(self) -> list[Appointment]:
        return list(board(self.request.user, self.clinic, self.day, self.providers))

    @cached_property
    def rows(self) -> list[VisitRow]:
        reader = Reader(now=self.now, zone=self.clinic.zone, day=self.day, held=self.held)
        return [row_of(visit, reader) for visit in self.visits]

    def query(self, **changes) -> str:
        """This board's address with changes. Today is left out: an open board goes on at midnight."""
        chosen = {"day": self.day, "show": self.show, "provider": self.providers} | changes
        if chosen["day"] == self.today:
            del chosen["day"]
        return board_query(clinic=self.clinic.public_id, **chosen)

    def counters(self) -> list[Counter]:
        """The figures of the whole day, whatever the filter."""
        urls = {show: f"{reverse('coordination:desk')}?{self.query(show=show)}" for show in Show}
        urls["overdue"] = f"{reverse('coordination:tasks')}?queue=overdue&clinic={self.clinic.public_id}"
        overdue = overdue_count(self.request.user, self.clinic, self.now)
        return counters(self.rows, overdue=overdue, now=self.now, chosen=self.show, urls=urls)

    def record_view(self, page: str, visits: list[Appointment]) -> None:
        patients = list(dict.fromkeys(visit.patient.public_id for visit in visits))
        audit.record_view(self.request, patients, page, clinic=self.clinic)

    def fragment(self) -> dict:
        """What board.html prints."""
        return {
            "page": self,
            "clinic": self.clinic,
            "day": self.day,
            "day_words": format_day(self.day),
            "show": self.show,
            "bands": bands(self.rows, self.show, today=self.day == self.today),
            "counters": self.counters(),
            "updated_at": format_clock(self.now, self.clinic.zone, abbreviation=False),
            "next_day": self.next_day(),
            "is_today": self.day == self.today,
            "all_query": self.query(show=Show.ALL, provider=[]),
            "everybody_query": self.query(provider=[]) if self.providers else "",
        }

    def next_day(self) -> dict | None:
        """Where to go from an empty day."""
        found = None if self.rows else next_day_with_visits(self.request.user, self.clinic, self.day)
        return {"day": found[0], "visits": found[1], "query": self.query(day=found[0])} if found else None


def chosen_day(request: HttpRequest, today: date) -> date:
    """The day named in the address (a date, `today`, `tomorrow`), else today."""
    wanted = request.GET.get("day", "")
    if wanted == "tomorrow":
        return today + timedelta(days=1)
    try:
        return read_date(wanted)
    except ValueError:
        return today


@require_GET
@requires(Permission.DESK_VIEW)
def desk(request: HttpRequest) -> HttpResponse:
    page = BoardPage.of(request)
    context = page.fragment() | {
        "yesterday_query": page.query(day=page.day - timedelta(days=1)),
        "tomorrow_query": page.query(day=page.day + timedelta(days=1)),
        "today_query": page.query(day=page.today),
        "board_query": page.query(),
        "row_icons": ROW_ICONS,
        "densities": User.Density.choices,
        "can_export": Permission.EXPORT in page.held,
        "can_book": Permission.VISIT_BOOK in page.held,
        "can_message": Permission.MESSAGE_SEND in page.held,
        "can_task": Permission.TASK_EDIT in page.held,
        "team": team_of(page.clinic),
        "views": view_links(saved_views(request.user, page.clinic), clinic=page.clinic, user=request.user),
    }
    page.record_view("desk", page.visits)
    return _drawn(request, "coordination/desk.html", context)


@require_GET
@passive
@requires(Permission.DESK_VIEW)
def board_fragment(request: HttpRequest) -> HttpResponse:
    """The whole board again: after a reconnection, and every 30 s while there is no socket."""
    page = BoardPage.of(request)
    page.record_view("desk", page.visits)
    return _drawn(request, "coordination/desk/board.html", page.fragment())


def _drawn(request: HttpRequest, template: str, context: dict) -> HttpResponse:
    return HttpResponse(with_rows(render_to_string(template, context, request), context["bands"]))


@require_GET
@passive
@requires(Permission.DESK_VIEW)
def changed_rows(request: HttpRequest) -> JsonResponse:
    """JSON: `rows` (id, band, sort key, HTML) of the named visits, `gone` (not on this board), `counters` (HTML)."""
    page = BoardPage.of(request)
    wanted = set(request.GET.get("ids", "").split(",")[:MAX_CHANGED_ROWS])
    shown = [row for row in page.rows if row.public_id in wanted and page.show in row.filters]
    page.record_view("desk", [visit for visit in page.visits if visit.public_id in wanted])
    context = {"counters": page.counters()}
    return JsonResponse(
        {
            "at": format_clock(page.now, page.clinic.zone, abbreviation=False),
            "counters": render_to_string("coordination/desk/counters.html", context, request),
            "gone": sorted(wanted - {row.public_id for row in shown}),
            "rows": [{"id": row.public_id, "band": row.band, "sort": row.sort, "html": row_html(row)} for row in shown],
        }
    )
