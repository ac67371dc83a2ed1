"""The first questions of a booking: where to, what for, where from, when."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import public
from clinics.models import Clinic
from portal import actions, red_flags
from portal.draft import Draft
from portal.flow import Flow, booking_page
from portal.forms import ReasonForm, TimeForm, WhereForm, ZoneForm
from portal.limits import HOUR, MINUTE, limited
from portal.views.timepage import choose, time_page
from portal.zones import zones_of

form_page = require_http_methods(["GET", "HEAD", "POST"])


@public("lists the clinics at which anybody may book")
@require_safe
def clinics(request) -> HttpResponse:
    """Choose a clinic; straight in where there is only one."""
    found = list(Clinic.objects.active().order_by("name"))
    if len(found) == 1:
        return redirect("portal:reason", found[0].slug)
    return render(request, "portal/clinics.html", {"clinics": found})


@form_page
@booking_page("reason")
def reason(flow: Flow) -> HttpResponse:
    """Whoever comes back here after booking begins anew."""
    if flow.draft.booked:
        flow.draft = Draft()
    initial = {"visit_type": flow.draft.visit_type, "reason": flow.draft.reason}
    form = ReasonForm(flow.posted, clinic=flow.clinic, initial=initial)
    urgent_reason = form.urgent_reason
    if not form.is_valid() and not urgent_reason:
        return flow.page("reason", form=form, language=get_language())
    visit_type = form.cleaned_data.get("visit_type")
    if visit_type and visit_type.public_id != flow.draft.visit_type:
        actions.let_go(clinic=flow.clinic, draft=flow.draft)
        flow.draft.change(visit_type=visit_type.public_id)
    flow.draft.change(reason=urgent_reason or form.cleaned_data["reason"])
    if urgent_reason:
        flow.save()
        return redirect(flow.url("urgent"))
    return flow.go_on()


@require_safe
@booking_page()
def urgent(flow: Flow) -> HttpResponse:
    """Words that mean an emergency lead here, and only another reason leads on."""
    flag = red_flags.find(flow.draft.reason)
    return flow.page("urgent", flag=flag) if flag else redirect(flow.url("reason"))


@form_page
@booking_page("where")
def where(flow: Flow) -> HttpResponse:
    form = WhereForm(flow.posted, initial={"state": flow.draft.state})
    if not form.is_valid():
        return flow.page("question", form=form)
    state = form.cleaned_data["state"]
    if state != flow.draft.state:
        actions.let_go(clinic=flow.clinic, draft=flow.draft)
    flow.draft.change(state=state)
    if len(zones_of(state)) == 1:
        flow.draft.zone = zones_of(state)[0]
    return flow.go_on()


@form_page
@booking_page("zone")
def zone(flow: Flow) -> HttpResponse:
    initial = {"zone": flow.draft.zone}
    form = ZoneForm(flow.posted, state=flow.draft.state, now=flow.now, initial=initial)
    if not form.is_valid():
        return flow.page("question", form=form)
    flow.draft.change(zone=form.cleaned_data["zone"])
    return flow.go_on()


@form_page
@limited("portal.times", 120, MINUTE, methods=("GET",))
@limited("portal.hold", 60, HOUR)
@booking_page("time")
def time(flow: Flow) -> HttpResponse:
    form = TimeForm(flow.posted)
    if form.is_valid():
        return choose(flow, form)
    return time_page(flow, form)


@form_page
@limited("portal.keep", 60, HOUR)
@booking_page("details")
def keep(flow: Flow) -> HttpResponse:
    """More time for whoever fills in the form slowly; back to the page that asked."""
    if flow.posted is None:
        return flow.go_on()
    kept = actions.keep_holding(clinic=flow.clinic, draft=flow.draft, now=flow.now)
    if not kept:
        flow.draft.hold = flow.draft.hold_expires_at = ""
    return flow.go_on()
