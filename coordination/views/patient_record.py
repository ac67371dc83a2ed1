"""A patient's visits, details, contacts, consents, proxies and insurance."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import requires
from accounts.permissions import Permission
from common.timeutil import local_date
from compliance import audit
from coordination.actions import change_patient, keep_contact
from coordination.forms.patients import ConsentForm, ContactForm, CoverageForm, EmergencyForm, PatientForm, ProxyForm
from coordination.presenters.people import contact_line
from coordination.presenters.visit_list import visit_lines
from coordination.scope import check_held, current_patient_or_404, patient_or_404
from coordination.selectors import patients as reads
from coordination.views.patients import SEES_PATIENTS, acting_clinic, frame
from documents.models import Document
from insurance.actions import add_coverage
from patients import actions
from patients.models import ConsentRecord, ContactPoint, Patient
from patients.wording import CONSENT_VERSION, TEXTS_CONSENT

VISITS_SHOWN = 100
_EDITED = (
    "first_name", "last_name", "name_to_use", "pronouns", "birth_date", "sex", "state", "language",
    "interpreter_language",
)  # fmt: skip


@require_GET
@requires(*SEES_PATIENTS)
def patient_visits(request: HttpRequest, public_id: str) -> HttpResponse:
    found = patient_or_404(request, public_id)
    clinic, now = acting_clinic(request, found), timezone.now()
    audit.record_view(request, found, "patient_visits", clinic=clinic)
    visits = reads.visits_of(request.user, found)[:VISITS_SHOWN]
    context = frame(request, found, "visits", clinic, now) | {"lines": visit_lines(visits, now)}
    return render(request, "coordination/patients/visits.html", context)


@require_GET
@requires(*SEES_PATIENTS)
def patient_contacts(request: HttpRequest, public_id: str) -> HttpResponse:
    return _show_record(request, patient_or_404(request, public_id))


def _show_record(request: HttpRequest, found: Patient, status: int = 200, **bound) -> HttpResponse:
    clinic, now = acting_clinic(request, found), timezone.now()
    audit.record_view(request, found, "patient_record", clinic=clinic)
    today = local_date(now, clinic.zone)
    context = {
        **frame(request, found, "record", clinic, now),
        "contacts": [contact_line(point, found.public_id) for point in reads.contacts_of(found)],
        "consents": reads.consents_that_count(found),
        "proxies": found.proxies.order_by("-starts_on"),
        "today": today,
        "contact_form": bound.get("contact_form") or ContactForm(),
        "consent_form": bound.get("consent_form") or ConsentForm(),
        "proxy_form": bound.get("proxy_form") or ProxyForm(initial={"starts_on": today}),
        "emergency_form": bound.get("emergency_form") or EmergencyForm(initial=_emergency(found)),
        "open_form": next(iter(bound), ""),
    }
    return render(request, "coordination/patients/record.html", context, status=status)


def _emergency(found: Patient) -> dict:
    return {name: getattr(found, name) for name in EmergencyForm.base_fields}


@require_http_methods(["GET", "POST"])
@requires(Permission.PATIENT_EDIT)
def patient_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    found, clinic = _editable(request, public_id)
    now = timezone.now()
    initial = {name: getattr(found, name) for name in _EDITED}
    form = PatientForm(request.POST or None, initial=initial, today=local_date(now, clinic.zone))
    if request.method == "POST" and form.is_valid():
        change_patient(patient=found, clinic=clinic, by=request.user, now=now, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("coordination:patient_contacts", public_id=public_id)
    audit.record_view(request, found, "patient_edit", clinic=clinic)
    context = frame(request, found, "record", clinic, now) | {"form": form}
    return render(request, "coordination/patients/edit.html", context)


@require_POST
@requires(Permission.PATIENT_EDIT)
def patient_emergency(request: HttpRequest, public_id: str) -> HttpResponse:
    found, clinic = _editable(request, public_id)
    form = EmergencyForm(request.POST)
    if not form.is_valid():
        return _show_record(request, found, 422, emergency_form=form)
    actions.update_patient(patient=found, clinic=clinic, by=request.user, now=timezone.now(), **form.cleaned_data)
    return _saved(request, public_id)


@require_POST
@requires(Permission.PATIENT_EDIT)
def contact_add(request: HttpRequest, public_id: str) -> HttpResponse:
    found, clinic = _editable(request, public_id)
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _show_record(request, found, 422, contact_form=form)
    given = form.cleaned_data
    keep_contact(
        patient=found, kind=given["kind"], value=given["value"], primary=given["is_primary"],
        clinic=clinic, by=request.user, now=timezone.now(),
    )  # fmt: skip
    return _saved(request, public_id)


@require_POST
@requires(Permission.PATIENT_EDIT)
def contact_mark(request: HttpRequest, public_id: str, contact_id: str) -> HttpResponse:
    """Say that a number or address works or does not."""
    found, clinic = _editable(request, public_id)
    point = _contact(found, contact_id)
    status = ContactPoint.Status.OK if point.status != ContactPoint.Status.OK else ContactPoint.Status.BAD
    reason = "" if status == ContactPoint.Status.OK else "told_staff"
    actions.mark_contact_point(
        contact_point=point, status=status, reason=reason, clinic=clinic, by=request.user, now=timezone.now()
    )
    return _saved(request, public_id)


@require_POST
@requires(*SEES_PATIENTS)
def contact_reveal(request: HttpRequest, public_id: str, contact_id: str) -> HttpResponse:
    """The number or address in full; written down before it is shown."""
    found = patient_or_404(request, public_id)
    point = _contact(found, contact_id)
    audit.record(
        action="patients.contact_revealed",
        clinic=acting_clinic(request, found),
        patient=found,
        subject=f"contact:{point.public_id}",
        request=request,
    )
    template = "coordination/contact_shown.html" if request.htmx else "coordination/patients/contact.html"
    return render(request, template, {"point": point, "patient": found})


@require_POST
@requires(Permission.PATIENT_EDIT)
def consent_add(request: HttpRequest, public_id: str) -> HttpResponse:
    found, clinic = _editable(request, public_id)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return _show_record(request, found, 422, consent_form=form)
    about_texts = form.cleaned_data["topic"] == ConsentRecord.Topic.TEXTS
    with override(found.language):
        wording = str(TEXTS_CONSENT) if about_texts else ""
    actions.record_consent(
        patient=found, clinic=clinic, by=request.user, now=timezone.now(), source=ConsentRecord.Source.STAFF,
        wording=wording, wording_version=CONSENT_VERSION if wording else "", language=found.language,
        **form.cleaned_data,
    )  # fmt: skip
    return _saved(request, public_id)


@require_POST
@requires(Permission.PATIENT_EDIT)
def proxy_add(request: HttpRequest, public_id: str) -> HttpResponse:
    found, clinic = _editable(request, public_id)
    form = ProxyForm(request.POST)
    if not form.is_valid():
        return _show_record(request, found, 422, proxy_form=form)
    actions.add_proxy(patient=found, clinic=clinic, by=request.user, now=timezone.now(), **form.cleaned_data)
    return _saved(request, public_id)


@require_POST
@requires(Permission.PATIENT_EDIT)
def proxy_end(request: HttpRequest, public_id: str, proxy_id: str) -> HttpResponse:
    """From today on the person no longer acts for the patient."""
    found, clinic = _editable(request, public_id)
    proxy = found.proxies.filter(public_id=proxy_id).first()
    if proxy is None:
        raise Http404
    now = timezone.now()
    actions.end_proxy(proxy=proxy, ends_on=local_date(now, clinic.zone), clinic=clinic, by=request.user, now=now)
    return _saved(request, public_id)


@require_http_methods(["GET", "POST"])
@requires(Permission.INSURANCE_VIEW, Permission.PATIENT_EDIT)
def patient_insurance(request: HttpRequest, public_id: str) -> HttpResponse:
    """Coverages as the patient told them, none of it verified; member ids whole only to whoever works with insurers."""
    found = patient_or_404(request, public_id)
    clinic, now = acting_clinic(request, found), timezone.now()
    check_held(request, clinic, Permission.INSURANCE_VIEW, Permission.PATIENT_EDIT)
    form = CoverageForm(request.POST or None)
    if request.method == "POST":
        check_held(request, clinic, Permission.PATIENT_EDIT, Permission.INSURANCE_EDIT)
        if form.is_valid():
            add_coverage(patient=found, clinic=clinic, by=request.user, now=now, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("coordination:patient_insurance", public_id=public_id)
    audit.record_view(request, found, "patient_insurance", clinic=clinic)
    coverages = found.coverages.select_related("payer").order_by("-is_active", "payer_name", "pk")
    context = frame(request, found, "insurance", clinic, now) | {
        "coverages": coverages,
        "cards": Document.objects.visible_to(request.user).cards_of(found),
        "form": form,
        "whole_ids": request.user.can(Permission.INSURANCE_EDIT, clinic),
    }
    return render(request, "coordination/patients/insurance.html", context)


def _editable(request: HttpRequest, public_id: str):
    """The patient and the clinic in whose name the record is changed."""
    found = current_patient_or_404(request, public_id)
    clinic = acting_clinic(request, found)
    check_held(request, clinic, Permission.PATIENT_EDIT)
    return found, clinic


def _contact(found: Patient, contact_id: str) -> ContactPoint:
    point = found.contact_points.filter(public_id=contact_id).first()
    if point is None:
        raise Http404
    return point


def _saved(request: HttpRequest, public_id: str) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("coordination:patient_contacts", public_id=public_id)
