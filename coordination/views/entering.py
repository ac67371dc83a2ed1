"""A new patient as a form has it: written, or stopped by records that may be the same person."""

from datetime import datetime

from django.http import HttpRequest

from clinics.models import Clinic
from compliance import audit
from coordination import actions
from coordination.forms.patients import NewPatientForm
from coordination.presenters.patient import PatientCard
from coordination.selectors.patients import shown_to
from patients.errors import PossibleDuplicate
from patients.models import Patient


def entered(
    request: HttpRequest, form: NewPatientForm, clinic: Clinic, now: datetime
) -> tuple[Patient | None, list[PatientCard | None]]:
    """The record that was made, if one was, and else the likely duplicates that the page has to show.

    A record at a clinic where the user sees no patients counts, and stands there as None: the page names nobody.
    """
    if request.method != "POST" or not form.is_valid():
        return None, []
    try:
        created = actions.enter_patient(
            clinic=clinic, person=form.person(), texts_agreed=form.cleaned_data["texts_agreed"],
            despite_duplicates="despite_duplicates" in request.POST, by=request.user, now=now,
        )  # fmt: skip
    except PossibleDuplicate as likely:
        shown = shown_to(request.user, likely.patients)
        audit.record_view(request, [one.public_id for one in shown], "patient_duplicates", clinic=clinic)
        return None, [PatientCard(one, now) if one in shown else None for one in likely.patients]
    return created, []
