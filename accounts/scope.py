"""From a public id in an address to a row the user may see. Refusals are written down."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from compliance import audit


def visible_or_404(request: HttpRequest, rows: QuerySet, public_id: str, *, refusal: str):
    """The row out of `rows`, which are those the user may see; Http404 when it is not among them.

    Where there is one, for somebody else, the audit trail gets a row whose action is `refusal`.
    """
    row = rows.filter(public_id=public_id).first()
    if row is None:
        model = rows.model
        if model.objects.filter(public_id=public_id).exists():
            subject = f"{model._meta.model_name}:{public_id}"
            audit.record(action=refusal, subject=subject, outcome=audit.REFUSED, request=request)
        raise Http404
    return row
