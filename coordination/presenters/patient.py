"""How a patient is named: always with two identifiers."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from common.us import state_name
from patients.models import Patient


class PatientCard:
    """A patient for lists and the head of the patient's page."""

    def __init__(self, patient: Patient, now: datetime):
        self.patient = patient
        self.public_id = patient.public_id
        self.name = patient.display_name
        self.url = reverse("coordination:patient", args=[patient.public_id])
        self.book_url = reverse("coordination:book_patient", args=[patient.public_id])
        self.born = f"{patient.birth_date:%m/%d/%Y}"
        self.age = patient.age_on(now.date())

    def identifiers(self) -> str:
        return _("born %(date)s, %(age)d years") % {"date": self.born, "age": self.age}

    def legal_name(self) -> str:
        """The legal name where the name to use differs; else empty."""
        return self.patient.full_name if self.patient.full_name != self.patient.display_name else ""

    def language(self) -> str:
        return self.patient.get_language_display()

    def state(self) -> str:
        return state_name(self.patient.state)

    def alerts(self) -> list[str]:
        """What everybody who deals with the patient has to know first."""
        found = []
        if self.patient.interpreter_language:
            found.append(_("Interpreter for %(language)s") % {"language": self.patient.interpreter_language})
        if self.patient.merged_into_id:
            found.append(_("This record was merged into another"))
        return found
