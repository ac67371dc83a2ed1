"""For load balancers, people on call and administrators. No answer names a version, a host or a secret."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import passive, public, requires
from accounts.permissions import Permission
from config.health import status as installation
from config.health.checks import readiness


@public("a load balancer asks whether the process answers")
@passive
@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """This process answers. Asks nobody else, so that a database that is down restarts no web process."""
    return JsonResponse({"status": "ok"})


@public("a load balancer asks whether the portal can work")
@passive
@never_cache
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when every part is up, else 503; the parts by name, "ok" or "down"."""
    parts = readiness()
    ready = all(parts.values())
    checks = {name: "ok" if up else "down" for name, up in parts.items()}
    return JsonResponse({"status": "ok" if ready else "down", "checks": checks}, status=200 if ready else 503)


@requires(Permission.SETUP)
@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """How every part of the installation stands, and which messages failed lately, by the carrier's code."""
    now = timezone.now()
    context = {"parts": installation.parts(now), "failures": installation.failures(now), "now": now}
    return render(request, "status.html", context)
