"""The front door."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import public
from accounts.permissions import Permission
from patients.models import Patient


@public("the front door")
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Staff go to their desk, patients with a sign-in to their visits; everybody else chooses."""
    if not request.user.is_authenticated:
        return render(request, "portal/landing.html")
    return redirect(_own_page(request.user))


def _own_page(user) -> str:
    if user.can(Permission.DESK_VIEW):
        return reverse("coordination:desk")
    if Patient.objects.filter(user=user).exists():
        return reverse("portal:my_visits")
    return reverse("admin:index")
