"""The demo's stand-in for patients' phones. Outside a demo with the local transport these pages do not exist."""

import functools
import hashlib
from uuid import uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.access import passive, public
from messaging import calls, phone_book
from messaging.actions import receive

MOST_LETTERS = 480
QUICK_WORDS = ["C", "R", "X", "HELP", "STOP", "START"]


def demo_only(view):
    """404 unless this is a demo whose texts stay on the host."""

    @functools.wraps(view)
    def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not (settings.DEMO and settings.MESSAGE_TRANSPORT == "local"):
            raise Http404
        return view(request, *args, **kwargs)

    return passive(public("demo only: invented patients' phones, to be tried by anybody")(wrapper))


@demo_only
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who got a message lately."""
    return _fresh(request, "people", {"phones": phone_book.phones(), "calls": phone_book.calls()})


@demo_only
@require_GET
def thread(request: HttpRequest, public_id: str) -> HttpResponse:
    """One phone: its texts, its e-mails, and a box to answer."""
    phone = phone_book.phone_of(public_id)
    context = {
        "phone": phone,
        "entries": phone_book.entries(phone),
        "most_letters": MOST_LETTERS,
        "quick_words": QUICK_WORDS,
    }
    if request.GET.get("part") != "thread":
        context |= {"phones": phone_book.phones(), "calls": phone_book.calls()}
    return _fresh(request, "thread", context)


@demo_only
@require_POST
def reply(request: HttpRequest, public_id: str) -> HttpResponse:
    """The patient writes back: from here on it is the path of a text that Twilio brings."""
    phone = phone_book.phone_of(public_id)
    body = request.POST.get("body", "").strip()[:MOST_LETTERS].replace("\x00", "")
    if phone.number and body:
        receive(from_number=phone.number, body=body, provider_sid=f"LOCAL{uuid4().hex}", now=timezone.now())
    return redirect("messaging:phone_thread", public_id=public_id)


@demo_only
@require_POST
def call(request: HttpRequest, leg_id: str) -> HttpResponse:
    """Somebody answers, declines or hangs up: from here on it is the path of the carrier's report."""
    leg = phone_book.call_of(leg_id)
    word = {"answer": "in-progress", "decline": "busy"}.get(request.POST.get("word", ""), "completed")
    calls.take(leg_public_id=leg.public_id, sid=leg.sid, word=word, now=timezone.now())
    return redirect("messaging:phone")


def _fresh(request: HttpRequest, part: str, context: dict) -> HttpResponse:
    """The page, or only its moving part for the script that asks every two seconds; 204 when nothing is new."""
    if request.GET.get("part") != part:
        return render(request, "messaging/phone.html", context)
    response = render(request, f"messaging/_{part}.html", context)
    digest = hashlib.sha256(response.content).hexdigest()[:16]
    if request.GET.get("seen") == digest:
        return HttpResponse(status=204)
    response.headers["X-Seen"] = digest
    return response
