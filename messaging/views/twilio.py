"""Where Twilio reports what became of a text or a call, and brings the texts that patients write.

Exempt from the CSRF check: no browser and no session stands behind these requests. The signature is the proof, and it
is checked before anything else is read.
"""

import functools
import logging

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.access import passive, public
from common.phone import to_e164
from compliance.context import note
from messaging import calls, receipts
from messaging.actions import receive
from messaging.webhooks import is_genuine

logger = logging.getLogger(__name__)

NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>'  # our answers go through the outbox
MOST_LETTERS = 1600


def from_twilio(view):
    """403 for whatever Twilio did not sign; nothing is read or written before.

    Answered, not raised: anybody may knock here, and a traceback for each would fill the log.
    """

    @functools.wraps(view)
    def wrapper(request: HttpRequest) -> HttpResponse:
        if not is_genuine(request):
            return HttpResponseForbidden()
        note(role="twilio")
        return view(request)

    return passive(public("Twilio calls it; the signature is the proof")(csrf_exempt(require_POST(wrapper))))


@from_twilio
def status(request: HttpRequest) -> HttpResponse:
    """A delivery receipt. Always 204 once signed: a repeat could not tell us more."""
    receipts.take(
        message_id=request.GET.get("message", ""),
        sid=request.POST.get("MessageSid", ""),
        word=request.POST.get("MessageStatus", ""),
        code=request.POST.get("ErrorCode", ""),
        now=timezone.now(),
    )
    return HttpResponse(status=204)


@from_twilio
def call(request: HttpRequest) -> HttpResponse:
    """How a call of a phone bridge stands."""
    calls.take(
        leg_public_id=request.GET.get("leg", ""),
        sid=request.POST.get("CallSid", ""),
        word=request.POST.get("CallStatus", ""),
        now=timezone.now(),
    )
    return HttpResponse(status=204)


@from_twilio
def inbound(request: HttpRequest) -> HttpResponse:
    """A text from a patient; short codes and company names are nobody's telephone, and nobody there reads an answer."""
    fields = request.POST
    try:
        number = to_e164(fields.get("From", ""))
    except ValueError:
        logger.info("text_from_no_number")
        return HttpResponse(NO_ANSWER, content_type="text/xml")
    receive(
        from_number=number,
        body=fields.get("Body", "")[:MOST_LETTERS].replace("\x00", ""),
        provider_sid=fields.get("MessageSid", ""),
        media_count=int(fields.get("NumMedia", "0") or 0),
        opt_out_type=fields.get("OptOutType", "")[:10],
        now=timezone.now(),
    )
    return HttpResponse(NO_ANSWER, content_type="text/xml")
