"""New patients, likely duplicates, two records that become one, and who looked at a record."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import hidden, requires
from accounts.permissions import Permission
from common.timeutil import local_date
from compliance import audit
from compliance.models import AuditEvent
from coordination import actions
from coordination.clinic_choice import current_clinic
from coordination.forms.patients import NewPatientForm
from coordination.presenters.patient import PatientCard, compared
from coordination.scope import check_held, patient_or_404
from coordination.selectors import patients as reads
from coordination.views.answers import say
from coordination.views.entering import entered
from coordination.views.patients import acting_clinic, frame
from patients.errors import MergeRefused
from patients.models import Patient, PatientMerge
from scheduling.errors import PatientBusy

EVENTS_PER_PAGE = 50


@require_http_methods(["GET", "POST"])
@requires(Permission.PATIENT_EDIT)
def patient_new(request: HttpRequest) -> HttpResponse:
    """A new record; likely duplicates are shown first and have to be waved away."""
    clinic, now = current_clinic(request), timezone.now()
    check_held(request, clinic, Permission.PATIENT_EDIT)
    form = NewPatientForm(request.POST or None, today=local_date(now, clinic.zone), initial={"state": clinic.state})
    created, duplicates = entered(request, form, clinic, now)
    if created:
        messages.success(request, _("Patient added."))
        return redirect("coordination:patient", public_id=created.public_id)
    context = {"form": form, "clinic": clinic, "duplicates": duplicates}
    return render(request, "coordination/patients/new.html", context)


@require_GET
@requires(Permission.PATIENT_MERGE)
def patient_duplicates(request: HttpRequest, public_id: str) -> HttpResponse:
    """Records that may be the same person, and merges that can be undone."""
    found = patient_or_404(request, public_id)
    clinic, now = acting_clinic(request, found), timezone.now()
    check_held(request, clinic, Permission.PATIENT_MERGE)
    likely, merges = reads.likely_duplicates(request.user, found), list(reads.merges_of(found))
    shown = [found, *likely, *(merge.merged for merge in merges)]
    audit.record_view(request, [one.public_id for one in shown], "patient_duplicates", clinic=clinic)
    context = frame(request, found, "duplicates", clinic, now) | {
        "likely": [PatientCard(one, now) for one in likely],
        "merges": [(merge, PatientCard(merge.merged, now)) for merge in merges],
    }
    return render(request, "coordination/patients/duplicates.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.PATIENT_MERGE)
def patient_merge(request: HttpRequest, public_id: str, other_id: str) -> HttpResponse:
    """Compare two records; POST keeps the first and points everything of the other at it."""
    kept, merged = patient_or_404(request, public_id), patient_or_404(request, other_id)
    clinic, now = acting_clinic(request, kept), timezone.now()
    check_held(request, clinic, Permission.PATIENT_MERGE)
    check_held(request, acting_clinic(request, merged), Permission.PATIENT_MERGE)
    refused = ""
    if request.method == "POST":
        try:
            actions.merge_patients(kept=kept, merged=merged, by=request.user, now=now)
        except MergeRefused as refusal:
            refused = str(refusal.message)
        except PatientBusy:
            refused = _("Both records have visits at the same time. Cancel one of them first.")
        else:
            say(request, _("The records are one now. It can be undone on this page."))
            return redirect("coordination:patient_duplicates", public_id=kept.public_id)
    audit.record_view(request, [kept.public_id, merged.public_id], "patient_merge", clinic=clinic)
    context = frame(request, kept, "duplicates", clinic, now) | {
        "other": PatientCard(merged, now),
        "rows": compared(PatientCard(kept, now), PatientCard(merged, now)),
        "refused": refused,
    }
    return render(request, "coordination/patients/merge.html", context, status=422 if refused else 200)


@require_POST
@requires(Permission.PATIENT_MERGE)
def merge_undo(request: HttpRequest, merge_id: str) -> HttpResponse:
    merge = PatientMerge.objects.visible_to(request.user).filter(public_id=merge_id).select_related("kept").first()
    if merge is None:
        raise Http404
    kept = patient_or_404(request, merge.kept.public_id)
    check_held(request, acting_clinic(request, kept), Permission.PATIENT_MERGE)
    try:
        actions.undo_merge(merge=merge, by=request.user, now=timezone.now())
    except MergeRefused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Two records again."))
    return redirect("coordination:patient_duplicates", public_id=kept.public_id)


@require_GET
@hidden
@requires(Permission.AUDIT_VIEW)
def patient_access(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who looked at this record and who changed it, newest first."""
    at = request.user.clinic_ids(Permission.AUDIT_VIEW)
    found = Patient.objects.filter(clinics__in=at, public_id=public_id).distinct().first()
    if found is None:
        raise Http404
    clinic, now = found.clinics.filter(pk__in=at).first(), timezone.now()
    audit.record_view(request, found, "patient_access", clinic=clinic)
    events = AuditEvent.objects.visible_to(request.user).about_patient(public_id).newest_first()
    page = Paginator(events, EVENTS_PER_PAGE).get_page(request.GET.get("page"))
    context = frame(request, found, "access", clinic, now) | {"page": page}
    return render(request, "coordination/patients/access.html", context)
