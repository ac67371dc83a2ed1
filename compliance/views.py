"""Two small public doors. `config.urls` hangs them up and says that they are public."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from common import ratelimit
from compliance import csp

SECURITY_TXT_DAYS = 180  # RFC 9116 2.5.5 recommends less than a year


@csrf_exempt  # browsers send reports without a token; all one can do here is count up
@require_POST
def csp_report(request):
    """Count what a browser refused. Always 204: the reporter learns nothing."""
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    allowed = ratelimit.hit("csp-report", request.META.get("REMOTE_ADDR", ""), limit=60, window=60)
    if allowed and 0 < size <= csp.MAX_REPORT_BYTES:
        csp.count(csp.directives_in(request.body), day=timezone.now().date())
    return HttpResponse(status=204)


@require_GET
@cache_control(public=True, max_age=3600)
def security_txt(request):
    """Where to report a weakness (RFC 9116)."""
    expires = timezone.now() + timedelta(days=SECURITY_TXT_DAYS)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: en, es",
        f"Canonical: {settings.PUBLIC_BASE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
