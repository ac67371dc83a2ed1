"""Booking for a patient on the phone: find the patient, take the first free time that suits, book."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import requires
from accounts.permissions import Permission
from clinics.models import Clinic, Provider
from common.ids import new_public_id
from common.timefmt import format_when
from common.timeutil import day_bounds, local_date
from compliance import audit
from coordination import actions
from coordination.clinic_choice import current_clinic
from coordination.forms.booking import BookForm, TimesForm
from coordination.forms.patients import QuickPatientForm, SearchForm
from coordination.presenters.patient import PatientCard
from coordination.presenters.times import time_options
from coordination.scope import check_held, patient_or_404
from coordination.selectors.times import first_times, why_no_times
from coordination.views.answers import say
from coordination.views.entering import entered
from patients.models import Patient
from patients.selectors import search
from scheduling.availability import Audience
from scheduling.errors import SchedulingError, SlotTaken
from scheduling.models import Appointment
from scheduling.states import ByLabel

FOUND_SHOWN = 10


@require_http_methods(["GET", "POST"])
@requires(Permission.VISIT_BOOK)
def book(request: HttpRequest) -> HttpResponse:
    """Whose visit? The search is a POST, as on the patients' page."""
    clinic = _bookable_clinic(request)
    form = SearchForm(request.POST or None)
    text = form.cleaned_data["text"].strip() if form.is_valid() else ""
    found = list(search(request.user, text)[: FOUND_SHOWN + 1]) if text else []
    partial = request.htmx and request.htmx.target == "results"
    if len(found) == 1 and not partial:  # Enter on the only match picks it
        return redirect("coordination:book_patient", public_id=found[0].public_id)
    audit.record_view(request, [one.public_id for one in found[:FOUND_SHOWN]], "book_search", clinic=clinic)
    context = {
        "clinic": clinic,
        "text": text,
        "found": [PatientCard(one, timezone.now()) for one in found[:FOUND_SHOWN]],
        "more": len(found) > FOUND_SHOWN,
        "can_edit": request.user.can(Permission.PATIENT_EDIT, clinic),
        "booking": True,
    }
    template = "coordination/patients/results.html" if partial else "coordination/book/find.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@requires(Permission.VISIT_BOOK)
def book_new(request: HttpRequest) -> HttpResponse:
    """Somebody who is not on record yet: the fewest questions, with a warning about likely duplicates."""
    clinic, now = _bookable_clinic(request), timezone.now()
    check_held(request, clinic, Permission.PATIENT_EDIT)
    form = QuickPatientForm(request.POST or None, today=local_date(now, clinic.zone), initial={"state": clinic.state})
    created, duplicates = entered(request, form, clinic, now)
    if created:
        return redirect("coordination:book_patient", public_id=created.public_id)
    context = {"clinic": clinic, "form": form, "duplicates": duplicates, "booking": True}
    return render(request, "coordination/book/new.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.VISIT_BOOK)
def book_patient(request: HttpRequest, public_id: str) -> HttpResponse:
    """First free times for this patient; POST books one."""
    patient, clinic, now = patient_or_404(request, public_id), _bookable_clinic(request), timezone.now()
    asked = request.POST if request.method == "POST" else request.GET
    times = TimesForm(asked, clinic=clinic, patient=patient, today=local_date(now, clinic.zone))
    form = BookForm(request.POST if request.method == "POST" else None, initial={"key": new_public_id()})
    times.fields["visit_type"].widget.attrs["autofocus"] = not form.is_bound
    if request.method == "POST" and times.is_valid() and form.is_valid():
        try:
            visit = _book(request, patient, clinic, times.cleaned_data, form.cleaned_data, now)
        except SchedulingError as refusal:
            form.add_error("slot", _refusal_words(refusal))
        else:
            say(request, _("Booked for %(when)s.") % {"when": format_when(visit.starts_at, clinic.zone)})
            return redirect("coordination:visit", public_id=visit.public_id)
    audit.record_view(request, patient, "book", clinic=clinic)
    context = {
        "clinic": clinic,
        "card": PatientCard(patient, now),
        "times_form": times,
        "form": form,
        **_offer(times, clinic, now),
    }
    partial = request.htmx and request.htmx.target == "times"
    template = "coordination/book/times.html" if partial else "coordination/book/patient.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _book(request: HttpRequest, patient: Patient, clinic: Clinic, asked: dict, chosen: dict, now) -> Appointment:
    provider_id, starts_at = chosen["slot"]
    provider = Provider.objects.visible_to(request.user).filter(public_id=provider_id, clinics=clinic).first()
    if provider is None or patient.organization_id != clinic.organization_id:
        raise Http404
    return actions.book_visit(
        clinic=clinic,
        patient=patient,
        visit_type=asked["visit_type"],
        provider=provider,
        starts_at=starts_at,
        patient_state=asked["state"],
        source=Appointment.Source.DESK,
        by=request.user,
        by_label=ByLabel.STAFF,
        now=now,
        audience=Audience.STAFF,
        idempotency_key=chosen["key"],
        reason=chosen["reason"],
    )


def _offer(times: TimesForm, clinic: Clinic, now: datetime) -> dict:
    """First free times, or the rules that took them."""
    if not times.is_valid():
        return {"times": [], "reasons": []}
    asked = times.cleaned_data
    first, _after = day_bounds(asked["day"], clinic.zone) if asked["day"] else (now, now)
    period = {"visit_type": asked["visit_type"], "state": asked["state"], "start": max(first, now), "now": now}
    found = first_times(provider=asked["provider"], part=asked["part"], **period)
    reasons = [] if found else why_no_times(provider=asked["provider"], **period)
    return {"times": time_options(found, clinic.zone, first_chosen=True), "reasons": reasons}


def _refusal_words(refusal: SchedulingError) -> str:
    if isinstance(refusal, SlotTaken):
        return _("Somebody was quicker: this time is taken. The times below are fresh.")
    return str(refusal)


def _bookable_clinic(request: HttpRequest) -> Clinic:
    clinic = current_clinic(request)
    check_held(request, clinic, Permission.VISIT_BOOK)
    return clinic
