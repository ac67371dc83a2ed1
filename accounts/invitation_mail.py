"""The e-mail that invites a colleague."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.invitations import address_of
from accounts.models import User


def send(user_id: int) -> None:
    """Send the link, made only now so that it is never stored. Nothing for a user who is gone or has signed in since.

    Raises OSError (SMTPException is one) when the mail server does not take it.
    """
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or user.has_usable_password():
        return
    link = address_of(user)
    hours = settings.INVITATION_SECONDS // 3600
    text = render_to_string(
        "account/email/invitation.txt",
        {"name": user.get_short_name(), "link": link, "hours": hours, "product_name": settings.PRODUCT_NAME},
    )
    subject = _("Your account at %(product)s") % {"product": settings.PRODUCT_NAME}
    send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [user.email])
