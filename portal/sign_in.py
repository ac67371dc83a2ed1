"""Whose account is a patient's, and whether its e-mail address is proved."""

from allauth.account.models import EmailAddress

from patients.models import Patient


def patient_of(user) -> Patient | None:
    """The patient whose account this is; None for a member of staff."""
    return Patient.objects.current().filter(user=user).first()


def has_account(patient: Patient) -> bool:
    """Whether the patient has an account that opens. One with an unproved address is none yet."""
    return patient.user_id is not None and is_proved(patient.user_id)


def is_proved(user_id: int) -> bool:
    return EmailAddress.objects.filter(user=user_id, verified=True).exists()
