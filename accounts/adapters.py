"""How allauth behaves here: nobody signs up by themselves, links name the portal's own address, secrets are sealed."""

import logging
import time

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import crypto

logger = logging.getLogger(__name__)

MFA_BINDING = "mfa_authenticator.data"


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This e-mail or password does not match. Try again, or get a new password."),
        "incorrect_code": _("This code is not right. Check the e-mail and try again."),
        "incorrect_password": _("This password does not match. Try again."),
        "enter_current_password": _("Type your current password."),
        "duplicate_email": _("This is the address you have already."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes, then try again."),
        "rate_limited": _("Too many requests. Wait a minute and try again."),
    }

    def is_open_for_signup(self, request) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The address comes from the settings, never from the request's Host header."""
        uid, _, secret = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": secret})
        return settings.PUBLIC_BASE_URL + path

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """A mail server that is away must not stop somebody from changing a password."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError:
            logger.exception("account_mail_not_sent", extra={"template": template_prefix})

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """A sign-in of a moment ago is as good as typing the password again: setting up a second factor follows it."""
        records = get_authentication_records(self.request, self.request.user)
        just_now = records and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT
        return not just_now and super().is_reauthentication_required(app=app, **kwargs)


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text, MFA_BINDING)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text, MFA_BINDING)
