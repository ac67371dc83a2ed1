"""How allauth behaves here: nobody signs up by themselves, and second-factor secrets are sealed."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

from common import crypto

_MFA_BINDING = "mfa_authenticator.data"


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text, _MFA_BINDING)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text, _MFA_BINDING)
