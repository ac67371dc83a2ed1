"""GET /api/slots: free times as JSON, for the booking page and for a clinic's own website."""

from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import public
from clinics.models import Provider
from portal.forms import SlotsQueryForm
from portal.limits import MINUTE, limited
from portal.times import Wish
from scheduling.models import VisitType
from scheduling.slots import Slot


@public("free times name no patient; the booking page needs them before anybody is known")
@limited("portal.slots", 120, MINUTE, methods=("GET", "HEAD"))
@require_safe
def slots(request: HttpRequest) -> JsonResponse:
    """`{visit_type, zone, duration, slots: [{start, end, provider: {id, name}}]}`; starts are UTC instants.

    Three statements: the visit type, the provider if one is named, the search.
    """
    form = SlotsQueryForm(request.GET)
    if not form.is_valid():
        return _refused(form.errors.get_json_data())
    visit_type = _visit_type(form.cleaned_data["visit_type"])
    if visit_type is None:
        return _unknown("visit_type", _("There is no such visit type."))
    provider = _provider(form.cleaned_data["provider"], visit_type)
    if provider is None and form.cleaned_data["provider"]:
        return _unknown("provider", _("No such provider offers this visit type."))
    now = timezone.now()
    zone = visit_type.clinic.zone
    try:
        start, end = form.period(zone, now)
    except ValidationError as error:
        return _refused({name: [{"message": words[0]}] for name, words in error.message_dict.items()})
    found = Wish(visit_type, form.cleaned_data["state"], zone, provider).search(start, end, now)
    return JsonResponse(
        {
            "visit_type": visit_type.public_id,
            "zone": visit_type.clinic.time_zone,
            "duration": visit_type.duration,
            "slots": [_row(slot) for slot in found],
        }
    )


def _visit_type(public_id: str) -> VisitType | None:
    offered = VisitType.objects.for_patients().filter(public_id=public_id, clinic__is_active=True)
    return offered.select_related("clinic").first()


def _provider(public_id: str, visit_type: VisitType) -> Provider | None:
    if not public_id:
        return None
    return Provider.objects.active().filter(public_id=public_id, visit_types=visit_type).first()


def _row(slot: Slot) -> dict:
    return {
        "start": _utc(slot.starts_at),
        "end": _utc(slot.ends_at),
        "provider": {"id": slot.provider_public_id, "name": slot.provider_name},
    }


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z"  # a tenth of what strftime costs


def _refused(errors: dict[str, list[dict]]) -> JsonResponse:
    """400 with the first words for each parameter."""
    fields = {name: str(entries[0]["message"]) for name, entries in errors.items()}
    message = next(iter(fields.values()))
    return JsonResponse({"error": {"code": "bad_request", "message": message, "fields": fields}}, status=400)


def _unknown(name: str, words: str) -> JsonResponse:
    return _refused({name: [{"message": words}]})
