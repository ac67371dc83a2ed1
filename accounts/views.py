"""The session's clock, and a person's own preferences."""

import time

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_GET, require_POST

from accounts import sessions
from accounts.access import passive, public, signed_in


@passive
@public("tells the page how long its sign-in lasts, and a signed-out page that it is")
@require_GET
def session_state(request: HttpRequest) -> JsonResponse:
    """{"signed_in": bool, "idle_seconds_left": int, "csrf_token": str}. Asking does not make the sign-in last longer.

    The token lets forms that were open before a new sign-in in another tab be sent.
    """
    return JsonResponse(_state(request))


@signed_in
@require_POST
def extend_session(request: HttpRequest) -> JsonResponse:
    """The person says: still here. The declaration makes this request count as activity."""
    return JsonResponse(_state(request))


def _state(request: HttpRequest) -> dict:
    there = request.user.is_authenticated
    return {
        "signed_in": there,
        "idle_seconds_left": sessions.seconds_left(request.session, time.time()) if there else 0,
        "csrf_token": get_token(request),
    }
