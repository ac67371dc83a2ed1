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
from coordination.clinic_choice import current_clinic
from coordination.forms.tasks import AssignForm, team_of
from coordination.forms.visit import MessageForm
from coordination.presenters.inbox import failed_line, thread_line, who
from coordination.presenters.messages import shown
from coordination.presenters.patient import PatientCard
from coordination.scope import check_held, conversation_or_404, held_at, message_or_404
from coordination.selectors import inbox as reads
from coordination.selectors.inbox import Queue
from coordination.selectors.patients import next_visit
from coordination.views.answers import complain, say
from messaging import actions, optout
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
    read = reads.failed_messages if is_failed else partial(reads.conversations, queue=queue)
    rows = read(request.user, clinic)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    active = found.public_id if found else ""
    if is_failed:
        lines = [failed_line(message, now) for message in page]
    else:
        lines = [thread_line(one, queue=queue, now=now, active=active) for one in page]
    listed = [one.patient.public_id for one in page if one.patient]
    own = [found.patient.public_id] if found and found.patient else []
    audit.record_view(request, list(dict.fromkeys([*own, *listed])), "inbox", clinic=clinic)
    context = {
        "clinic": clinic,
        "zone": clinic.zone,
        "queue": queue,
        "queues": _queues(request, clinic, queue),
        "page": page,
        "lines": lines,
        "can_send": Permission.MESSAGE_SEND in held_at(request, clinic),
        **(_thread(request, found, form, now) if found else {}),
    }
    return render(request, "coordination/inbox/page.html", context, status=422 if form is not None else 200)


def _thread(request: HttpRequest, found: Conversation, form, now) -> dict:
    patient = found.patient
    return {
        "conversation": found,
        "who": who(found),
        "entries": shown(thread(found)),
        "reply_form": form or MessageForm(),
        "no_text": "stopped" if optout.is_stopped(clinic=found.clinic, number_index=found.number_index) else "",
        "team": team_of(found.clinic),
        "card": PatientCard(patient, now) if patient else None,
        "next_visit": next_visit(request.user, patient, now) if patient else None,
    }


def _queues(request: HttpRequest, clinic: Clinic, queue: Queue) -> list[dict]:
    sizes = reads.sizes(request.user, clinic)
    url = reverse("coordination:inbox")
    return [
        {"label": one.label, "url": f"{url}?queue={one}", "active": one == queue, "count": sizes.get(one, 0)}
        for one in Queue
    ]


@require_POST
@requires(Permission.MESSAGE_SEND)
def conversation_reply(request: HttpRequest, public_id: str) -> HttpResponse:
    found = _writable(request, public_id)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return show(request, found.clinic, found, form)
    actions.send_free_text(conversation=found, body=form.cleaned_data["body"], by=request.user, now=timezone.now())
    return _to(found)


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
def message_again(request: HttpRequest, public_id: str) -> HttpResponse:
    """A message that did not arrive goes out once more, to the number or address of today."""
    message = message_or_404(request, public_id)
    check_held(request, message.clinic, Permission.MESSAGE_SEND)
    if desk.send_again(message=message, by=request.user, now=timezone.now()):
        say(request, _("On its way again."))
    else:
        complain(request, _("It was sent again already, or there is no working number or address."))
    return redirect(f"{reverse('coordination:inbox')}?queue={Queue.FAILED}")


def _writable(request: HttpRequest, public_id: str) -> Conversation:
    found = conversation_or_404(request, public_id)
    check_held(request, found.clinic, Permission.MESSAGE_SEND)
    return found


def _to(found: Conversation) -> HttpResponse:
    return redirect("coordination:conversation", public_id=found.public_id)
