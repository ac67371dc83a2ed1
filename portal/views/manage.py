"""`/m/<token>/`: see, confirm, move or cancel one visit. Opening a page changes nothing; every change is a POST."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import public
from clinics.models import Provider
from coordination.actions import cancel_visit, confirm_visit, reschedule_visit
from patients import links
from patients.errors import LinkExpired, LinkProblem
from patients.models import AccessLink
from portal import actions, calendar, presenters, timetable
from portal.forms import CancelForm, TimeForm
from portal.limits import HOUR, MINUTE, limited
from portal.links import LinkVisit, closed_page, link_page, token_page, visit_of
from portal.sign_in import has_account
from portal.times import Wish
from portal.timetable import Question
from portal.views.device import may_test
from portal.views.visit import form_page
from scheduling.availability import Audience
from scheduling.errors import MoveRefused, SchedulingError
from scheduling.slots import Slot
from scheduling.states import UPCOMING, ByLabel, CancelReason
from telehealth.rules import OPENS_BEFORE


@require_safe
@link_page
def manage(door: LinkVisit) -> HttpResponse:
    return door.page(
        "manage",
        how=presenters.how_words(door.visit),
        confirm_url=door.url("manage_confirm"),
        move_url=door.url("manage_move"),
        cancel_url=door.url("manage_cancel"),
        calendar_url=door.url("manage_calendar"),
        card_url=door.url("manage_card"),
        test_url=door.url("device_test") if may_test(door.visit, door.now) else "",
        joinable=door.joinable,
        join_url=door.url("manage_join"),
        join_words=presenters.join_words(door.visit),
        opens_at=door.visit.starts_at - OPENS_BEFORE if door.open and not door.joinable else None,
        account_url="" if has_account(door.visit.patient) else door.url("manage_account"),
    )


@form_page
@limited("portal.manage", 60, HOUR)
@link_page
def confirm(door: LinkVisit) -> HttpResponse:
    """Only the button confirms; whoever opens its address by itself, as after changing the language, sees the visit."""
    if door.open and door.posted is not None:
        links.mark_opened(door.link, door.now)
        if _say_if_refused(door, lambda: confirm_visit(appointment=door.visit, **_by(door))):
            messages.success(door.request, _("Thank you. Your visit is confirmed."))
    return door.home()


@form_page
@limited("portal.manage", 60, HOUR)
@link_page
def cancel(door: LinkVisit) -> HttpResponse:
    """Asks whether, which is the second time of asking, and why, which nobody has to say; then cancels."""
    if not door.open:
        return door.home()
    form = CancelForm(door.posted)
    if not form.is_valid():
        return door.page("manage_cancel", form=form)
    links.mark_opened(door.link, door.now)
    reason = form.cleaned_data["reason"] or CancelReason.PATIENT_REQUEST
    _say_if_refused(door, lambda: cancel_visit(appointment=door.visit, reason=reason, **_by(door)))
    return door.home()


@form_page
@limited("portal.times", 120, MINUTE, methods=("GET",))
@limited("portal.manage", 60, HOUR)
@link_page
def move(door: LinkVisit) -> HttpResponse:
    """Another time: with the same provider first, with anybody who may see the patient if asked for."""
    if not door.open:
        return door.home()
    form = TimeForm(door.posted)
    return _move(door, form) if form.is_valid() else _move_page(door, form)


def _move(door: LinkVisit, form: TimeForm) -> HttpResponse:
    provider_id, starts_at = form.cleaned_data["slot"]
    provider = Provider.objects.active().filter(public_id=provider_id, visit_types=door.visit.visit_type).first()
    if provider is None:
        form.add_error("slot", _("Choose one of the times listed."))
        return _move_page(door, form)
    links.mark_opened(door.link, door.now)
    try:
        reschedule_visit(
            appointment=door.visit, provider=provider, starts_at=starts_at, audience=Audience.PATIENTS, **_by(door)
        )
    except MoveRefused as error:
        messages.error(door.request, str(error))
    except SchedulingError:
        query = timetable.lost_query(starts_at, anyone=door.request.GET.get("anyone", ""))
        return redirect(door.url("manage_move") + query)
    else:
        messages.success(door.request, _("Your visit has a new time."))
    return door.home()


def _move_page(door: LinkVisit, form: TimeForm) -> HttpResponse:
    """No name of a provider stands here: it may tell a specialty to whoever holds the phone."""
    visit, anyone = door.visit, _anyone(door)
    visit.visit_type.clinic = visit.clinic
    wish = Wish(visit.visit_type, visit.patient_state, door.zone, None if anyone else visit.provider)
    question = Question.of(door.request.GET, "anyone")
    hint = _whose(visit) if anyone or question.lost else _nothing
    return door.page(
        "manage_move",
        form=form,
        anyone=anyone,
        choose_url=door.url("manage_move") + ("?anyone=1" if anyone else ""),
        **timetable.build(wish, question, door.now, hint=hint),
    )


def _anyone(door: LinkVisit) -> bool:
    return door.request.GET.get("anyone") == "1"


def _whose(visit):
    same, other = _("with your provider"), _("with another provider")
    return lambda slot: same if slot.provider_id == visit.provider_id else other


def _nothing(_slot: Slot) -> str:
    return ""


@require_safe
@link_page
def calendar_file(door: LinkVisit) -> HttpResponse:
    door.note_look("portal-calendar")
    return calendar.response(door.visit, door.now)


@form_page
@limited("portal.manage", 60, HOUR)
@public("texts a new link to the number on record, to whoever holds the old one")
@token_page
def again(request, token: str) -> HttpResponse:
    """A link that ran out can be exchanged, by a text to the patient's own phone, while the visit is to come."""
    if request.method != "POST":
        return redirect("portal:manage", token)
    now = timezone.now()
    try:
        links.resolve(token, AccessLink.Purpose.MANAGE_VISIT, now)
    except LinkExpired as problem:
        link = problem.link
    except LinkProblem as problem:
        return closed_page(request, token, problem)
    else:
        return redirect("portal:manage", token)
    visit = visit_of(link)
    sent = visit is not None and visit.status in UPCOMING and actions.send_fresh_link(link=link, visit=visit, now=now)
    return render(request, "portal/link_sent.html", {"clinic": link.clinic, "sent": sent}, status=200 if sent else 429)


def _by(door: LinkVisit) -> dict:
    return {"by": None, "by_label": ByLabel.PATIENT_LINK, "now": door.now}


def _say_if_refused(door: LinkVisit, act) -> bool:
    """Whether it was done; the person is told why not."""
    try:
        act()
    except MoveRefused as error:
        messages.error(door.request, str(error))
        return False
    return True
