"""How a patient is named: always with two identifiers."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from common.us import state_name
from patients.models import Patient

_COMPARED = ("first_name", "last_name", "name_to_use", "birth_date", "sex", "language", "state")


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

    def in_words(self, name: str) -> str:
        """A field of the record as people read it."""
        if name in {"language", "state"}:
            return getattr(self, name)()
        if name == "birth_date":
            return self.born
        return self.patient.get_sex_display() if name == "sex" else getattr(self.patient, name)


def compared(kept: PatientCard, merged: PatientCard) -> list[dict]:
    """Two records field by field, to tell whether they are one person's."""
    rows = []
    for name in _COMPARED:
        left, right = kept.in_words(name), merged.in_words(name)
        label = Patient._meta.get_field(name).verbose_name
        rows.append({"label": label, "kept": left, "other": right, "differs": left != right})
    return rows
