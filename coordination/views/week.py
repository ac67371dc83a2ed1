"""The week of a clinic, provider by provider."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import requires
from accounts.permissions import Permission
from clinics.models import Clinic, Provider
from common.timefmt import format_day
from common.timeutil import local_date
from compliance import audit
from coordination.clinic_choice import current_clinic
from coordination.presenters.week import week_days
from coordination.selectors.week import week as read_week
from coordination.views.desk import chosen_day


def _providers(request: HttpRequest, clinic: Clinic) -> list[Provider]:
    """Whose weeks can be told: beside visits that the user may not see, a colleague would look free."""
    found = Provider.objects.visible_to(request.user).active().filter(clinics=clinic).order_by("name")
    return list(found if request.user.can(Permission.VISIT_VIEW, clinic) else found.filter(user=request.user))


@require_GET
@requires(Permission.DESK_VIEW)
def week(request: HttpRequest) -> HttpResponse:
    """`?day=` any day of the week (Monday to Sunday), `?provider=` one provider only."""
    clinic = current_clinic(request)
    now = timezone.now()
    today = local_date(now, clinic.zone)
    day = chosen_day(request, today)
    first = day - timedelta(days=day.weekday())
    everybody = _providers(request, clinic)
    chosen = next((one for one in everybody if one.public_id == request.GET.get("provider")), None)
    found = read_week(request.user, clinic, first, now, chosen)
    patients = {one.visit.patient.public_id for stretches in found.values() for one in stretches if one.visit}
    audit.record_view(request, sorted(patients), "week", clinic=clinic)
    shown = [chosen] if chosen else everybody
    context = {
        "clinic": clinic,
        "providers": everybody,
        "chosen": chosen,
        "shown": shown,
        "days": week_days(found, shown, first, today, clinic.zone),
        "first_words": format_day(first),
        "before": first - timedelta(days=7),
        "after": first + timedelta(days=7),
        "day": day,
    }
    return render(request, "coordination/week.html", context)
