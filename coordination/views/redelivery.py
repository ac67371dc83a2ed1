"""What is done about a message that did not arrive: once more, or by the other channel."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.permissions import Permission
from coordination import actions as desk
from coordination.scope import check_held, message_or_404
from coordination.selectors.inbox import Queue
from coordination.views.answers import complain, say


@require_POST
@requires(Permission.MESSAGE_SEND)
def message_otherwise(request: HttpRequest, public_id: str) -> HttpResponse:
    """What did not arrive goes by e-mail instead of by text, or the other way round."""
    return _once_more(request, public_id, desk.send_otherwise)


@require_POST
@requires(Permission.MESSAGE_SEND)
def message_again(request: HttpRequest, public_id: str) -> HttpResponse:
    """A message that did not arrive goes out once more, to the number or address of today."""
    return _once_more(request, public_id, desk.send_again)


def _once_more(request: HttpRequest, public_id: str, send) -> HttpResponse:
    message = message_or_404(request, public_id)
    check_held(request, message.clinic, Permission.MESSAGE_SEND)
    outcome = send(message=message, by=request.user, now=timezone.now())
    if outcome == desk.Redelivery.SENT:
        say(request, _("On its way again."))
    elif outcome == desk.Redelivery.OUTDATED:
        complain(request, _("Not sent: the visit has changed since. Nothing is left to do about this message."))
    else:
        complain(request, _("It was sent again already, or there is no working number or address."))
    return redirect(f"{reverse('coordination:inbox')}?queue={Queue.FAILED}")
