"""The inbox: queues, list and thread side by side, and what is done with a conversation."""

from functools import partial

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import passive, requires
from accounts.permissions import Permission
from clinics.models import Clinic
from compliance import audit
from coordination import actions as desk
from coordination import typing_now
from coordination.clinic_choice import current_clinic
from coordination.forms.tasks import AssignForm, Snooze, SnoozeForm, team_of
from coordination.forms.visit import NO_VISIT, MessageForm
from coordination.presenters.inbox import failed_line, is_late, snoozed_until, thread_line, waiting_words, who
from coordination.presenters.messages import shown
from coordination.presenters.patient import PatientCard
from coordination.scope import check_held, conversation_or_404, held_at
from coordination.selectors import inbox as reads
from coordination.selectors.inbox import Queue
from coordination.selectors.patients import next_visit
from coordination.views.answers import complain, say
from messaging import actions, canned, optout
from messaging.models import Conversation
from messaging.selectors import thread

PER_PAGE = 50


@require_GET
@requires(Permission.MESSAGE_VIEW)
def inbox(request: HttpRequest) -> HttpResponse:
    return show(request, current_clinic(request))


@require_GET
@passive
@requires(Permission.MESSAGE_VIEW)
def inbox_refresh(request: HttpRequest) -> HttpResponse:
    """The same page, asked for by the open page itself."""
    return show(request, current_clinic(request))


@require_GET
@requires(Permission.MESSAGE_VIEW)
def conversation(request: HttpRequest, public_id: str) -> HttpResponse:
    found = conversation_or_404(request, public_id)
    actions.mark_read(conversation=found)
    return show(request, found.clinic, found)


@require_GET
@passive
@requires(Permission.MESSAGE_VIEW)
def conversation_refresh(request: HttpRequest, public_id: str) -> HttpResponse:
    found = conversation_or_404(request, public_id)
    return show(request, found.clinic, found)


def show(request: HttpRequest, clinic: Clinic, found: Conversation | None = None, form=None) -> HttpResponse:
    """Queues and list, with one thread open if there is one; a reply with errors is shown again with status 422."""
    now = timezone.now()
    check_held(request, clinic, Permission.MESSAGE_VIEW)
    wanted = request.GET.get("queue", "")
    queue = Queue(wanted) if wanted in set(Queue) else Queue.OPEN
    is_failed = queue == Queue.FAILED
    read = reads.failed_messages if is_failed else partial(reads.conversations, queue=queue, now=now)
    rows = read(request.user, clinic)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    active = found.public_id if found else ""
    if is_failed:
        others = reads.other_channels(list(page))
        lines = [failed_line(message, now, others.get(message.pk, "")) for message in page]
    else:
        lines = [thread_line(one, queue=queue, now=now, active=active) for one in page]
    listed = [one.patient.public_id for one in page if one.patient]
    about = _thread(request, found, form, now) if found else {}
    own = [one.public_id for one in _people(found, about)]
    audit.record_view(request, list(dict.fromkeys([*own, *listed])), "inbox", clinic=clinic)
    context = {
        "clinic": clinic,
        "zone": clinic.zone,
        "queue": queue,
        "queues": _queues(request, clinic, queue, now),
        "page": page,
        "lines": lines,
        "can_send": Permission.MESSAGE_SEND in held_at(request, clinic),
        **about,
    }
    return render(request, "coordination/inbox/page.html", context, status=422 if form and form.is_bound else 200)


def _thread(request: HttpRequest, found: Conversation, form, now) -> dict:
    patient, team = found.patient, team_of(found.clinic)
    visit = next_visit(request.user, patient, now) if patient else None
    return {
        "conversation": found,
        "who": who(found),
        "waiting": waiting_words(found, now),
        "is_late": is_late(found, now),
        "snoozed": snoozed_until(found, now),
        "snoozes": Snooze.choices,
        "canned": _canned(found, visit),
        "replying": typing_now.somebody_else(found, request.user, team),
        "sharing": [] if patient else reads.sharing(request.user, found),
        "entries": shown(thread(found)),
        "reply_form": form or MessageForm(),
        "no_text": "stopped" if optout.is_stopped(clinic=found.clinic, number_index=found.number_index) else "",
        "team": team,
        "card": PatientCard(patient, now) if patient else None,
        "next_visit": visit,
    }


def _people(found: Conversation | None, about: dict) -> list:
    """The patients whom the open thread shows."""
    if found is None:
        return []
    return [found.patient] if found.patient else about["sharing"]


def _canned(found: Conversation, visit) -> list[canned.Canned]:
    """Answers that are ready, in the patient's language; without a patient in that of the conversation."""
    language = found.patient.language if found.patient else found.language
    values = desk.merge_values(visit, found.clinic)
    return canned.answers(organization_id=found.clinic.organization_id, language=language, values=values)


def _queues(request: HttpRequest, clinic: Clinic, queue: Queue, now) -> list[dict]:
    sizes = reads.sizes(request.user, clinic, now)
    url = reverse("coordination:inbox")
    return [
        {"label": one.label, "url": f"{url}?queue={one}", "active": one == queue, "count": sizes.get(one, 0)}
        for one in Queue
    ]


@require_POST
@requires(Permission.MESSAGE_SEND)
def conversation_reply(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send; or, with `canned`, put a ready answer below what is typed, to be read before it is sent."""
    found, now = _writable(request, public_id), timezone.now()
    visit = next_visit(request.user, found.patient, now) if found.patient else None
    if key := request.POST.get("canned"):
        ready = next((one.text for one in _canned(found, visit) if one.key == key), "")
        typed = request.POST.get("body", "").strip()
        return show(
            request, found.clinic, found, MessageForm(initial={"body": "\n".join(filter(None, [typed, ready]))})
        )
    form = MessageForm(request.POST)
    if not form.is_valid():
        return show(request, found.clinic, found, form)
    try:
        desk.reply(conversation=found, visit=visit, by=request.user, now=now, **form.words())
    except desk.NoVisitToName:
        form.add_error("body", NO_VISIT)
        return show(request, found.clinic, found, form)
    typing_now.over(found, request.user)
    return _to(found)


@require_POST
@requires(Permission.MESSAGE_SEND)
def conversation_replying(request: HttpRequest, public_id: str) -> HttpResponse:
    """Somebody types an answer: colleagues who have the conversation open see who."""
    typing_now.begun(_writable(request, public_id), request.user)
    return HttpResponse(status=204)


@require_POST
@requires(Permission.MESSAGE_SEND)
def conversation_assign(request: HttpRequest, public_id: str) -> HttpResponse:
    """To a colleague; without a choice, to the whole team."""
    found = _writable(request, public_id)
    form = AssignForm(request.POST, clinic=found.clinic)
    if form.is_valid():
        actions.assign_conversation(
            conversation=found, owner=form.cleaned_data["owner"], by=request.user, now=timezone.now()
        )
        say(request, _("Handed over."))
    else:
        complain(request, _("This colleague can't be given conversations of this clinic."))
    return _to(found)


@require_POST
@requires(Permission.MESSAGE_SEND)
def conversation_close(request: HttpRequest, public_id: str) -> HttpResponse:
    found = _writable(request, public_id)
    actions.close_conversation(conversation=found, by=request.user, now=timezone.now())
    say(request, _("Closed."), undo=reverse("coordination:conversation_reopen", args=[public_id]))
    return redirect("coordination:inbox")


@require_POST
@requires(Permission.MESSAGE_SEND)
def conversation_reopen(request: HttpRequest, public_id: str) -> HttpResponse:
    found = _writable(request, public_id)
    actions.reopen_conversation(conversation=found, by=request.user, now=timezone.now())
    say(request, _("Open again."))
    return _to(found)


@require_POST
@requires(Permission.MESSAGE_SEND)
def conversation_snooze(request: HttpRequest, public_id: str) -> HttpResponse:
    """Without a choice the conversation comes back at once."""
    found, now = _writable(request, public_id), timezone.now()
    form = SnoozeForm(request.POST)
    until = form.moment(found.clinic, now) if form.is_valid() else None
    actions.snooze_conversation(conversation=found, until=until, by=request.user, now=now)
    if until is None:
        say(request, _("Back in the list."))
        return _to(found)
    say(request, _("Put off."), undo=reverse("coordination:conversation_snooze", args=[public_id]))
    return redirect("coordination:inbox")


def _writable(request: HttpRequest, public_id: str) -> Conversation:
    found = conversation_or_404(request, public_id)
    check_held(request, found.clinic, Permission.MESSAGE_SEND)
    return found


def _to(found: Conversation) -> HttpResponse:
    return redirect(f"{reverse('coordination:conversation', args=[found.public_id])}#newest")
