"""The day as a list: on paper and as CSV."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import requires
from accounts.permissions import Permission
from common.csv import csv_response
from compliance import audit
from coordination.scope import check_held
from coordination.views.desk import BoardPage
from scheduling.states import Status


@require_GET
@requires(Permission.DESK_VIEW)
def day_list(request: HttpRequest) -> HttpResponse:
    """One line a visit with boxes to tick, for paper; `?visit=` (several) for some of them. Without canceled ones."""
    page = BoardPage.of(request)
    wanted = set(request.GET.getlist("visit"))
    shown = [
        (visit, row)
        for visit, row in zip(page.visits, page.rows, strict=True)
        if visit.status != Status.CANCELLED and (not wanted or visit.public_id in wanted)
    ]
    page.record_view("day_list", [visit for visit, _row in shown])
    rows = [row for _visit, row in shown]
    context = {"clinic": page.clinic, "day": page.day, "rows": rows, "back_query": page.query(), "now": page.now}
    return render(request, "coordination/desk/day_list.html", context)


@require_GET
@requires(Permission.EXPORT)
def day_csv(request: HttpRequest) -> HttpResponse:
    """The day's visits as CSV, canceled ones too; audited with its patients before the first byte leaves."""
    page = BoardPage.of(request)
    check_held(request, page.clinic, Permission.EXPORT)
    header = [
        _("Date"), _("Time"), _("Patient"), _("Age"), _("Language"), _("Provider"), _("Visit"), _("State"),
        _("Confirmed"), _("Insurance"),
    ]  # fmt: skip
    return csv_response(name="day-list", header=header, rows=_csv_rows(page), audit=lambda: _record_export(page))


def _csv_rows(page: BoardPage):
    for visit, row in zip(page.visits, page.rows, strict=True):
        words = {mark.key: mark.words for mark in row.marks}
        yield [
            page.day.isoformat(), row.time, row.patient, row.about, row.language, row.provider, row.visit_type,
            visit.get_status_display(), words.get("confirmed", ""), words.get("insurance", ""),
        ]  # fmt: skip


def _record_export(page: BoardPage) -> None:
    audit.record(
        action="coordination.day_exported",
        clinic=page.clinic,
        patients=list(dict.fromkeys(visit.patient.public_id for visit in page.visits)),
        subject="page:day_csv",
        detail={"day": page.day, "rows": len(page.visits)},
        request=page.request,
    )
