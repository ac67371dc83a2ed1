"""Finding a patient, and the patient's page: everything that happened, with a composer."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import requires
from accounts.permissions import Permission
from clinics.models import Clinic
from compliance import audit
from coordination.actions import NoVisitToName, reply
from coordination.clinic_choice import clinics_of, current_clinic
from coordination.forms.patients import SearchForm
from coordination.forms.visit import NO_VISIT, MessageForm, NoteForm
from coordination.presenters.patient import PatientCard
from coordination.presenters.tasks import task_line
from coordination.presenters.timeline import entry_of
from coordination.scope import check_held, current_patient_or_404, held_at, patient_or_404
from coordination.selectors import patients as reads
from coordination.selectors.timeline import timeline
from coordination.views.answers import complain, say
from messaging.errors import NoNumberError
from patients.actions import write_note
from patients.models import Patient
from patients.selectors import search

FOUND_SHOWN = 25
SEES_PATIENTS = (Permission.PATIENT_VIEW, Permission.PATIENT_VIEW_OWN)


@require_http_methods(["GET", "POST"])
@requires(*SEES_PATIENTS)
def patients(request: HttpRequest) -> HttpResponse:
    """The search is a POST: names, birth dates and numbers stay out of addresses and logs."""
    form = SearchForm(request.POST or None)
    text = form.cleaned_data["text"].strip() if form.is_valid() else ""
    found = list(search(request.user, text)[: FOUND_SHOWN + 1]) if text else []
    shown = found[:FOUND_SHOWN]
    partial = request.htmx and request.htmx.target == "results"
    if len(found) == 1 and not partial:  # Enter on the only match picks it
        return redirect("coordination:patient", public_id=found[0].public_id)
    audit.record_view(request, [one.public_id for one in shown], "patient_search")
    context = {
        "form": form,
        "text": text,
        "found": [PatientCard(one, timezone.now()) for one in shown],
        "more": len(found) > FOUND_SHOWN,
        "can_edit": request.user.can(Permission.PATIENT_EDIT),
    }
    template = "coordination/patients/results.html" if partial else "coordination/patients/search.html"
    return render(request, template, context)


@require_GET
@requires(*SEES_PATIENTS)
def patient(request: HttpRequest, public_id: str) -> HttpResponse:
    return show_patient(request, patient_or_404(request, public_id))


def show_patient(request: HttpRequest, found: Patient, *, composer: str = "note", form=None) -> HttpResponse:
    """The patient's page; a composer's form with errors is shown again with status 422."""
    clinic, now = acting_clinic(request, found), timezone.now()
    audit.record_view(request, found, "patient", clinic=clinic)
    page, next_before = timeline(request.user, found, before=_before(request))
    forms = {"note": NoteForm(), "message": MessageForm()} | ({composer: form} if form is not None else {})
    context = {
        **frame(request, found, "timeline", clinic, now),
        "entries": [entry_of(one, clinic.zone) for one in page],
        "next_before": next_before.isoformat() if next_before else "",
        "first_page": "before" not in request.GET,
        "composer": composer,
        "note_form": forms["note"],
        "message_form": forms["message"],
        "no_text": reads.why_no_text(found, clinic),
        "tasks": [task_line(task, now) for task in reads.open_tasks_of(request.user, found)],
        "next_visit": reads.next_visit(request.user, found, now),
        "duplicates": len(reads.likely_duplicates(request.user, found)),
    }
    return render(request, "coordination/patients/page.html", context, status=422 if form is not None else 200)


def frame(request: HttpRequest, found: Patient, tab: str, clinic: Clinic, now: datetime) -> dict:
    """What stands around every tab of a patient: identifiers, tabs, rights."""
    held = held_at(request, clinic)
    tabs = [
        ("timeline", _("Timeline"), "coordination:patient"),
        ("visits", _("Visits"), "coordination:patient_visits"),
        ("record", _("Details and contacts"), "coordination:patient_contacts"),
        ("insurance", _("Insurance"), "coordination:patient_insurance"),
    ]
    if request.user.can(Permission.AUDIT_VIEW):
        tabs.append(("access", _("Who looked"), "coordination:patient_access"))
    return {
        "card": PatientCard(found, now),
        "patient": found,
        "clinic": clinic,
        "zone": clinic.zone,
        "tabs": [
            {"label": label, "url": reverse(view, args=[found.public_id]), "active": key == tab}
            for key, label, view in tabs
        ],
        "can_edit": Permission.PATIENT_EDIT in held,
        "can_note": Permission.NOTE_WRITE in held,
        "can_message": Permission.MESSAGE_SEND in held,
        "can_task": Permission.TASK_EDIT in held,
        "can_book": Permission.VISIT_BOOK in held and not found.merged_into_id,
        "can_merge": Permission.PATIENT_MERGE in held,
    }


def acting_clinic(request: HttpRequest, found: Patient) -> Clinic:
    """In whose name something is done: the desk's clinic if it knows the patient, else one that does.

    Raises Http404 where there is neither: a user without a desk, and a patient who is registered nowhere.
    """
    here = current_clinic(request) if clinics_of(request) else None
    known = list(reads.clinics_in_common(request.user, found, *SEES_PATIENTS))
    if here and (here in known or not known):
        return here
    clinic = known[0] if known else found.clinics.first()
    if clinic is None:
        raise Http404
    return clinic


def _before(request: HttpRequest) -> datetime | None:
    try:
        moment = parse_datetime(request.GET.get("before", ""))
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


@require_POST
@requires(Permission.NOTE_WRITE)
def patient_note(request: HttpRequest, public_id: str) -> HttpResponse:
    found = current_patient_or_404(request, public_id)
    clinic = acting_clinic(request, found)
    check_held(request, clinic, Permission.NOTE_WRITE)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return show_patient(request, found, composer="note", form=form)
    write_note(patient=found, clinic=clinic, body=form.cleaned_data["body"], by=request.user, now=timezone.now())
    say(request, _("Note added."))
    return redirect("coordination:patient", public_id=public_id)


@require_POST
@requires(Permission.MESSAGE_SEND)
def patient_message(request: HttpRequest, public_id: str) -> HttpResponse:
    found = current_patient_or_404(request, public_id)
    clinic = acting_clinic(request, found)
    check_held(request, clinic, Permission.MESSAGE_SEND)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return show_patient(request, found, composer="message", form=form)
    about = {"patient": found, "clinic": clinic, "by": request.user, "now": timezone.now()}
    try:
        reply(visit=reads.next_visit(request.user, found, about["now"]), **about, **form.words())
    except NoVisitToName:
        form.add_error("body", NO_VISIT)
        return show_patient(request, found, composer="message", form=form)
    except NoNumberError:
        complain(request, _("There is no mobile number on file."))
    else:
        say(request, _("Message on its way."))
    return redirect("coordination:patient", public_id=public_id)
