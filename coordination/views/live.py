"""The live board: every visit of a clinic that is here or due now."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import passive, requires
from accounts.permissions import Permission
from clinics.models import Clinic
from common.timefmt import format_clock
from compliance import audit
from coordination.clinic_choice import current_clinic
from coordination.presenters.drawing import ROW_ICONS
from coordination.presenters.live import LiveReader, LiveRow, live_bands, live_counters, live_row
from coordination.selectors.live import LiveVisit, live_visits

REFRESH_SECONDS = 30
MAX_CHANGED_ROWS = 200


@dataclass
class LivePage:
    """One clinic's visits of this moment as one user sees them."""

    request: HttpRequest
    clinic: Clinic
    now: datetime

    @classmethod
    def of(cls, request: HttpRequest) -> "LivePage":
        return cls(request, current_clinic(request), timezone.now())

    @cached_property
    def visits(self) -> list[LiveVisit]:
        return live_visits(self.request.user, self.clinic, self.now)

    @cached_property
    def rows(self) -> list[LiveRow]:
        held = self.request.user.grants()[self.clinic.pk]
        reader = LiveReader(now=self.now, zone=self.clinic.zone, held=held)
        return [live_row(found, reader) for found in self.visits]

    def context(self) -> dict:
        self.record_view(self.visits)
        return {
            "clinic": self.clinic,
            "bands": live_bands(self.rows),
            "counters": live_counters(self.rows),
            "updated_at": format_clock(self.now, self.clinic.zone, abbreviation=False),
        }

    def record_view(self, visits: list[LiveVisit]) -> None:
        patients = list(dict.fromkeys(found.visit.patient.public_id for found in visits))
        audit.record_view(self.request, patients, "live", clinic=self.clinic)


@require_GET
@requires(Permission.VISIT_CONDUCT)
def live(request: HttpRequest) -> HttpResponse:
    context = LivePage.of(request).context() | {"row_icons": ROW_ICONS, "every": REFRESH_SECONDS}
    return render(request, "coordination/live.html", context)


@require_GET
@passive
@requires(Permission.VISIT_CONDUCT)
def live_board(request: HttpRequest) -> HttpResponse:
    """The whole board again."""
    return render(request, "coordination/live/board.html", LivePage.of(request).context())


@require_GET
@passive
@requires(Permission.VISIT_CONDUCT)
def live_rows(request: HttpRequest) -> JsonResponse:
    """JSON, as of the desk: `rows` of the named visits, `gone` (no longer here), `counters` (HTML)."""
    page = LivePage.of(request)
    wanted = set(request.GET.get("ids", "").split(",")[:MAX_CHANGED_ROWS])
    shown = [row for row in page.rows if row.public_id in wanted]
    page.record_view([found for found in page.visits if found.visit.public_id in wanted])
    return JsonResponse(
        {
            "at": format_clock(page.now, page.clinic.zone, abbreviation=False),
            "counters": render_to_string(
                "coordination/desk/counters.html", {"counters": live_counters(page.rows)}, request
            ),
            "gone": sorted(wanted - {row.public_id for row in shown}),
            "rows": [
                {
                    "id": row.public_id,
                    "band": row.band,
                    "sort": row.sort,
                    "html": render_to_string("coordination/live/row.html", {"row": row}, request),
                }
                for row in shown
            ],
        }
    )
