"""The e-mail to whoever has an account already when somebody asks for one with the same address."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from portal.sign_in import patient_of


def send(user_id: int) -> None:
    """Say that somebody tried, in the patient's language, and that nothing was changed. Nothing for a user who is gone.

    Raises OSError (SMTPException is one) when the mail server does not take it.
    """
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return
    patient = patient_of(user)
    with translation.override(patient.language if patient else settings.LANGUAGE_CODE):
        text = render_to_string("account/email/attempt.txt", {"product_name": settings.PRODUCT_NAME})
        subject = _("Somebody tried to open an account with your address")
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [user.email])
