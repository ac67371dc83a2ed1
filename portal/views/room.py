"""`/visit/<id>/`: the waiting room and the call. Looking changes nothing; what the patient asks for is a POST."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import passive
from common.middleware import CALL_PERMISSIONS_POLICY
from common.us import state_name
from coordination.actions import from_waiting
from coordination.actions.from_waiting import Wish
from patients.models import ConsentRecord, ContactPoint
from patients.selectors import has_agreed, primary_contact
from portal import waiting as words_of_waiting
from portal.forms import DeskMessageForm
from portal.limits import HOUR, MINUTE
from portal.rooms import Room, Stage, room_page, seat_limited
from portal.views.visit import form_page
from scheduling.models.visit_type import Modality
from scheduling.states import Event
from telehealth import presence
from telehealth.presenters import call_context
from telehealth.rules import OPENS_BEFORE
from telehealth.selectors.snapshot import snapshot
from worklist.models import Task

_CLOSED = frozenset({Stage.EARLY, Stage.OVER, Stage.CANCELLED, Stage.UNLICENSED})


@require_safe
@room_page
def show(room: Room) -> HttpResponse:
    """Whatever the visit has come to; the patient's first way leads through the check-in."""
    if room.stage == Stage.CHECK_IN:
        return redirect(room.url("room_check_in"))
    return _page(room, DeskMessageForm())


@passive
@require_safe
@room_page
@seat_limited("portal.room-poll", 120, MINUTE, methods=("GET",))
def fragment(room: Room) -> HttpResponse:
    """The page's changing part, asked for by the page itself after news, and every ten seconds without a socket."""
    _still_here(room)
    return room.page("room/stage", **_stage(room, DeskMessageForm()))


@passive
@require_safe
@room_page
@seat_limited("portal.room-poll", 120, MINUTE, methods=("GET",))
def state(room: Room) -> HttpResponse:
    """The participant's snapshot as JSON, for pages whose socket does not come through."""
    _still_here(room)
    return JsonResponse(snapshot(room.session, room.participant, room.now))


@form_page
@room_page
@seat_limited("portal.room", 60, HOUR)
def ask(room: Room) -> HttpResponse:
    """Another way to wait: a text when it is one's turn, a call instead, another time."""
    wish = room.posted.get("wish") if room.posted is not None and _may_ask(room) else ""
    if wish in ("text", "no_text"):
        from_waiting.want_text(session=room.session, wanted=wish == "text")
    elif wish in (Wish.CALL, Wish.OTHER_TIME):
        from_waiting.ask(visit=room.visit, what=Wish(wish), now=room.now)
    return room.home()


@form_page
@room_page
@seat_limited("portal.room-message", 20, HOUR)
def message(room: Room) -> HttpResponse:
    """A few words to the front desk."""
    if room.posted is None or not _may_ask(room):
        return room.home()
    form = DeskMessageForm(room.posted)
    if not form.is_valid():
        return _page(room, form)
    from_waiting.write(visit=room.visit, words=form.cleaned_data["words"], now=room.now)
    messages.success(room.request, _("Your message is at the front desk. They will call you or write to you."))
    return room.home()


def _may_ask(room: Room) -> bool:
    return room.is_patient and room.stage in (Stage.WAITING, Stage.PHONE)


def _page(room: Room, form: DeskMessageForm) -> HttpResponse:
    stage = _stage(room, form)
    has_call = room.visit.modality == Modality.VIDEO and room.stage not in _CLOSED
    call = call_context(room.session, room.participant) if has_call else None
    response = room.page("room", call=call, fragment_url=room.url("room_fragment"), **stage)
    response.headers["Permissions-Policy"] = CALL_PERMISSIONS_POLICY
    return response


def _stage(room: Room, form: DeskMessageForm) -> dict:
    """What the part of the stage shows."""
    context = {
        "stage": room.stage,
        "part": f"portal/room/{room.stage}.html",
        "opens_at": room.visit.starts_at - OPENS_BEFORE,
        "modality": room.visit.modality,
        "check_in_url": room.url("room_check_in"),
    }
    if room.stage == Stage.UNLICENSED:
        context["check_in_state"] = state_name(room.check_in.state)
    if room.stage == Stage.EARLY:
        moves = room.visit.events.filter(event=Event.MOVE, at__gt=room.participant.seated_at)
        context["moved"] = moves.exists()
    if room.stage in (Stage.WAITING, Stage.CALL, Stage.PHONE):
        context |= _waiting(room, form)
    return context


def _waiting(room: Room, form: DeskMessageForm) -> dict:
    seen = snapshot(room.session, room.participant, room.now)
    started = room.now >= room.visit.starts_at
    return {
        "words": words_of_waiting.words(seen, started=started),
        "started": started,
        "admitted": seen["admitted"],
        "ending": room.check_in.callback_number[-2:] if room.is_patient and room.check_in else "",
        "can_text": room.is_patient and _gets_texts(room),
        "asked": _asked(room),
        "ask_url": room.url("room_ask"),
        "message_url": room.url("room_message"),
        "test_url": room.url("room_device_test") if room.is_patient else "",
        "form": form,
    }


def _gets_texts(room: Room) -> bool:
    mobile = primary_contact(room.visit.patient, ContactPoint.Kind.MOBILE)
    topic = ConsentRecord.Topic.TEXTS
    return mobile is not None and has_agreed(
        patient_id=room.visit.patient_id, topic=topic, value_index=mobile.value_index
    )


def _asked(room: Room) -> dict[str, bool]:
    """What the desk was asked for and has not done yet."""
    keys = {from_waiting.key(wish, room.visit): wish for wish in (Wish.CALL, Wish.OTHER_TIME)}
    standing = Task.objects.open().filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True)
    return {keys[key].value: True for key in standing}


def _still_here(room: Room) -> None:
    """A page that asks is open. It says so in Redis alone, and does not overrule a call's own mark."""
    seat = room.participant.public_id
    if not presence.of([seat]):
        presence.mark(seat)
