"""How allauth behaves here: nobody signs up by themselves, links name the portal's own address, secrets are sealed."""

import logging
import time

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.urls import reverse

from common import crypto

logger = logging.getLogger(__name__)

MFA_BINDING = "mfa_authenticator.data"


class AccountAdapter(DefaultAccountAdapter):
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
