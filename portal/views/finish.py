"""Checking the answers, booking, and what comes after."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinics.models import Provider
from common.us import state_name
from compliance.audit import record_view
from insurance.models import VisitPayment
from patients.wording import TELEHEALTH_CONSENT
from portal import actions, calendar, presenters
from portal.flow import Flow, booking_page
from portal.forms import CheckForm, TimeForm
from portal.limits import HOUR, limited
from portal.links import open_door
from portal.views.device import may_test
from portal.views.timepage import lost, time_page, visit_type_of
from portal.views.visit import form_page
from scheduling.errors import SchedulingError
from scheduling.models import Appointment

_CHANGED_ON = ("reason", "where", "time", "details", "payment", "insurance")


@form_page
@limited("portal.book", 60, HOUR)
@booking_page("check")
def check(flow: Flow) -> HttpResponse:
    """The last look; sending it books. Sent twice, it books once."""
    form = CheckForm(flow.posted)
    if form.is_valid():
        return _book(flow)
    visit_type = visit_type_of(flow)
    provider = Provider.objects.active().filter(public_id=flow.draft.provider).first()
    if visit_type is None or provider is None:
        actions.let_go(clinic=flow.clinic, draft=flow.draft)
        return time_page(flow, TimeForm())
    urls = {name: flow.url(name) for name in _CHANGED_ON}
    rows = presenters.answers(flow.draft, visit_type, provider, flow.clinic, urls)
    return flow.page("check", rows=rows, form=form)


def _book(flow: Flow) -> HttpResponse:
    asked_for = flow.draft.asked_for
    starts_at = flow.draft.start
    try:
        actions.confirm_booking(
            clinic=flow.clinic, draft=flow.draft, wording=str(TELEHEALTH_CONSENT), language=get_language(), now=flow.now
        )
    except SchedulingError:
        return lost(flow, starts_at, asked_for)
    flow.save()
    return redirect(flow.url("done"))


@require_safe
@booking_page()
def done(flow: Flow) -> HttpResponse:
    if not flow.draft.booked:
        return redirect(flow.url("reason"))
    visit = _visit_of(flow)
    record_view(flow.request, visit.patient, page="portal-booked", clinic=flow.clinic)
    return flow.page(
        "done",
        visit=visit,
        how=presenters.how_words(visit),
        checklist=_next_steps(
            visit,
            card_url=flow.url("card") if _insured(visit) else "",
            test_url=flow.url("done_test") if may_test(visit, flow.now) else "",
        ),
        calendar_url=flow.url("calendar"),
    )


@require_POST
@limited("portal.done-card", 60, HOUR)
@booking_page()
def card(flow: Flow) -> HttpResponse:
    """From the confirmation to the photo of the card: the same page as behind the link in the message."""
    return open_door(_visit_of(flow), flow.now, "manage_card")


@require_POST
@limited("portal.done-test", 60, HOUR)
@booking_page()
def device_test(flow: Flow) -> HttpResponse:
    """From the confirmation to the device test, while the person is at it."""
    return open_door(_visit_of(flow), flow.now, "device_test")


@require_safe
@booking_page()
def calendar_file(flow: Flow) -> HttpResponse:
    visit = _visit_of(flow)
    record_view(flow.request, visit.patient, page="portal-calendar", clinic=flow.clinic)
    return calendar.response(visit, flow.now)


def _visit_of(flow: Flow) -> Appointment:
    visit = Appointment.objects.with_people().filter(public_id=flow.draft.booked, clinic=flow.clinic).first()
    if visit is None:
        raise Http404
    return visit


def _insured(visit: Appointment) -> bool:
    method = VisitPayment.Method.COVERAGE
    return VisitPayment.objects.filter(subject=visit.subject, method=method).exists()


def _next_steps(visit: Appointment, *, card_url: str, test_url: str) -> list[dict]:
    """`card_url` is given where insurance pays, `test_url` for a visit by video."""
    photo = {
        "label": _("Send a photo of your insurance card"),
        "post_url": card_url,
        "hint": _("Then we can ask your insurance company before the visit."),
    }
    test = {
        "label": _("Test your camera and microphone"),
        "post_url": test_url,
        "hint": _("It takes a minute. If something does not work, we help you before the visit."),
    }
    return [
        {
            "label": _("Look for our message"),
            "hint": _("It has a link to confirm, move or cancel. Keep it."),
        },
        *([photo] if card_url else []),
        *([test] if test_url else []),
        {
            "label": _("Plan to be in %(state)s") % {"state": state_name(visit.patient_state)},
            "hint": _("Find a quiet, bright place. Your provider may see you only while you are there."),
        },
        {
            "label": _("Have your medicines at hand"),
            "hint": _("Your provider asks what you take, and how much of it."),
        },
    ]
