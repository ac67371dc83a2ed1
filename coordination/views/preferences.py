"""A person's own settings of the desk."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import signed_in
from coordination.forms.preferences import DensityForm, PreferencesForm


@require_http_methods(["GET", "POST"])
@signed_in
def preferences(request: HttpRequest) -> HttpResponse:
    """Row height and keyboard shortcuts."""
    form = PreferencesForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("coordination:preferences")
    return render(request, "coordination/preferences.html", {"form": form})


@require_POST
@signed_in
def density(request: HttpRequest) -> HttpResponse:
    """Row height alone, from the menu of the desk."""
    form = DensityForm(request.POST, instance=request.user)
    if form.is_valid():
        form.save()
    return redirect(safe_next(request, settings.LOGIN_REDIRECT_URL))


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """Where the form wants to go back to, if that is on this host."""
    wanted = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if allowed else otherwise
