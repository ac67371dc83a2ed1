"""The page of free times, drawn again with the nearest ones where a time was lost."""

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
from scheduling import slots
from scheduling.availability import Audience
from scheduling.errors import SchedulingError, SlotTaken, TooManyHolds
from scheduling.models import VisitType
from scheduling.slots import Slot


def visit_type_of(flow: Flow) -> VisitType | None:
    """The chosen kind of visit, while it is still offered."""
    found = VisitType.objects.for_patients().filter(public_id=flow.draft.visit_type, clinic=flow.clinic).first()
    if found:
        found.clinic = flow.clinic
    return found


def choose(flow: Flow, form: TimeForm) -> HttpResponse:
    """Keep the chosen time for ten minutes and go on; 409 with the nearest free times when somebody was quicker."""
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
    except SchedulingError as error:
        return lost(flow, error, provider=provider if asked_for else None, starts_at=starts_at)
    return flow.go_on()


def lost(flow: Flow, error: SchedulingError, *, provider, starts_at) -> HttpResponse:
    """The time is gone; every other answer is kept. `provider` is the one asked for, None for whoever is free."""
    visit_type = visit_type_of(flow)
    nearest = error.nearest if isinstance(error, SlotTaken) else []
    if not nearest and visit_type:
        nearest = slots.nearest(
            visit_type=visit_type,
            around=starts_at,
            now=flow.now,
            state=flow.draft.state,
            provider=provider,
            audience=Audience.PATIENTS,
        )
    actions.let_go(clinic=flow.clinic, draft=flow.draft)
    flow.save()
    return time_page(flow, TimeForm(), nearest=nearest, status=409)


def time_page(flow: Flow, form: TimeForm, *, nearest: list[Slot] | None = None, status: int = 200) -> HttpResponse:
    """`nearest` is given where a time was lost: then only those times are offered, with a link to all."""
    visit_type = visit_type_of(flow)
    if visit_type is None:
        flow.draft.change(visit_type="")
        flow.save()
        return redirect(flow.url("reason"))
    near = {"nearest": presenters.first_free_options(nearest or [], flow.zone)}
    times = near if nearest else _all_times(flow, visit_type)
    return flow.page(
        "time",
        status=status,
        form=form,
        lost=nearest is not None,
        visit_type=visit_type,
        visit_type_name=visit_type.name_in(get_language() or "en"),
        time_url=flow.url("time"),
        choose_url=_with_filter(flow),
        where_url=flow.url("where"),
        **times,
    )


def _with_filter(flow: Flow) -> str:
    """Where a chosen time goes: with the provider that the page was narrowed to."""
    asked_for = flow.request.GET.get("provider")
    return flow.url("time") + (f"?{presenters.query_text({'provider': asked_for})}" if asked_for else "")


def _all_times(flow: Flow, visit_type: VisitType) -> dict:
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
