"""The page of free times, which shows the nearest ones where a time was lost."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinics.models import Provider
from common.timeutil import local_date
from portal import actions, presenters, timetable
from portal.flow import Flow
from portal.forms import TimeForm
from portal.limits import holder_of
from portal.times import Wish
from portal.timetable import Question
from scheduling.errors import SchedulingError, TooManyHolds
from scheduling.models import VisitType


def visit_type_of(flow: Flow) -> VisitType | None:
    """The chosen kind of visit, while it is still offered."""
    found = VisitType.objects.for_patients().filter(public_id=flow.draft.visit_type, clinic=flow.clinic).first()
    if found:
        found.clinic = flow.clinic
    return found


def choose(flow: Flow, form: TimeForm) -> HttpResponse:
    """Keep the chosen time for ten minutes and go on; to the nearest free times when somebody was quicker."""
    visit_type = visit_type_of(flow)
    provider_id, starts_at = form.cleaned_data["slot"]
    asked_for = provider_id if flow.request.GET.get("provider") == provider_id else ""
    provider = Provider.objects.active().filter(public_id=provider_id, visit_types=visit_type).first()
    if visit_type is None or provider is None:
        form.add_error("slot", _("Choose one of the times listed."))
        return time_page(flow, form)
    try:
        actions.hold_time(
            clinic=flow.clinic,
            draft=flow.draft,
            visit_type=visit_type,
            provider=provider,
            starts_at=starts_at,
            holder=holder_of(flow.request),
            now=flow.now,
            asked_for=asked_for,
        )
    except TooManyHolds as error:
        form.add_error("slot", error.message)
        return time_page(flow, form, status=429)
    except SchedulingError:
        return lost(flow, starts_at, asked_for)
    return flow.go_on()


def lost(flow: Flow, starts_at: datetime, asked_for: str) -> HttpResponse:
    """The time is gone; every other answer is kept. `asked_for`: the public id of the one provider that was wished."""
    actions.let_go(clinic=flow.clinic, draft=flow.draft)
    flow.save()
    return redirect(flow.url("time") + timetable.lost_query(starts_at, provider=asked_for))


def time_page(flow: Flow, form: TimeForm, *, status: int = 200) -> HttpResponse:
    visit_type = visit_type_of(flow)
    if visit_type is None:
        flow.draft.change(visit_type="")
        flow.save()
        return redirect(flow.url("reason"))
    return flow.page(
        "time",
        status=status,
        form=form,
        visit_type=visit_type,
        visit_type_name=visit_type.name_in(get_language() or "en"),
        time_url=flow.url("time"),
        choose_url=_with_filter(flow),
        where_url=flow.url("where"),
        **_times(flow, visit_type),
    )


def _with_filter(flow: Flow) -> str:
    """Where a chosen time goes: with the provider that the page was narrowed to."""
    asked_for = flow.request.GET.get("provider")
    return flow.url("time") + (f"?{presenters.query_text({'provider': asked_for})}" if asked_for else "")


def _times(flow: Flow, visit_type: VisitType) -> dict:
    providers = _providers(flow, visit_type)
    chosen = next((one for one in providers if one.public_id == flow.request.GET.get("provider")), None)
    wish = Wish(visit_type, flow.draft.state, flow.zone, chosen)
    question = Question.of(flow.request.GET, "provider")
    return {"providers": providers, "provider": chosen} | timetable.build(wish, question, flow.now)


def _providers(flow: Flow, visit_type: VisitType) -> list[Provider]:
    """Who holds such visits for people in the patient's state, for the filter."""
    today = local_date(flow.now, flow.clinic.zone)
    offering = Provider.objects.active().filter(visit_types=visit_type)
    return list(offering.licensed_in(flow.draft.state, first=today, last=today).order_by("name"))
