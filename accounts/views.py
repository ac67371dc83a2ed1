"""The session's clock, an invitation's landing page, and a person's own preferences."""

import time

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import activate, get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import actions, sessions
from accounts.access import passive, public, signed_in
from accounts.forms import InvitationForm, PreferencesForm
from accounts.invitations import InvitationOver, user_of


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


@public("the link in an invitation")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing (mail scanners open links); choosing a password uses it up."""
    request.carries_link_token = True
    try:
        user = user_of(token)
    except InvitationOver:
        return render(request, "accounts/invitation_over.html", status=410)
    form = InvitationForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.accept_invitation(user=user, password=form.cleaned_data["new_password1"])
        messages.success(request, _("Your password is saved. Sign in with it."))
        return redirect("account_login")
    return render(request, "accounts/invitation.html", {"form": form, "invited": user})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    form = PreferencesForm(request.POST or None, instance=request.user, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        language = form.cleaned_data["language"]
        actions.change_preferences(user=form.save(commit=False))
        activate(language)
        messages.success(request, _("Saved."))
        response = redirect("accounts:preferences")
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 24 * 3600, samesite="Lax", httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
        return response
    return render(request, "accounts/preferences.html", {"form": form})
