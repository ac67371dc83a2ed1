"""The one way out for files."""

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import requires
from accounts.permissions import Permission
from accounts.scope import visible_or_404
from compliance import audit
from documents import storage
from documents.models import Document

EXTENSIONS = {"image/jpeg": "jpg", "application/pdf": "pdf"}


@requires(Permission.DOCUMENT_VIEW)
@require_safe
@never_cache
@csp_replace({"default-src": ["'none'"], "sandbox": True})
def document(request: HttpRequest, public_id: str) -> HttpResponse:
    """A patient's file, once the reading is on record."""
    rows = Document.objects.visible_to(request.user).select_related("patient")
    found = visible_or_404(request, rows, public_id, refusal="documents.refused")
    audit.record_view(request, found.patient, f"document:{found.kind}")
    response = HttpResponse(storage.read(found), content_type=found.content_type)
    disposition = "inline" if found.is_picture else "attachment"
    response["Content-Disposition"] = f'{disposition}; filename="document.{EXTENSIONS[found.content_type]}"'
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response
