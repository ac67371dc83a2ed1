"""Whether a request really comes from Twilio.

The signature covers the address as Twilio called it and every form field; the address is built from PUBLIC_BASE_URL,
never from the Host header, which whoever calls may choose. It has no time in it: a copied request verifies for ever,
so what a webhook does must be harmless when done twice. https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

from django.conf import settings
from django.utils.crypto import constant_time_compare
from twilio.request_validator import RequestValidator, get_signature_algorithm

SIGNATURE_HEADER = "X-Twilio-Signature"
SETTINGS_HEADER = "X-Twilio-Webhooks-Signature-Settings"


def is_genuine(request) -> bool:
    """Signed with the current or the previous auth token (both count while one replaces the other), for our account."""
    signature = request.headers.get(SIGNATURE_HEADER, "")
    account = request.POST.get("AccountSid", "")
    if not signature or not constant_time_compare(account, settings.TWILIO_ACCOUNT_SID):
        return False
    url = settings.PUBLIC_BASE_URL + request.get_full_path()
    algorithm = get_signature_algorithm(request.headers.get(SETTINGS_HEADER, ""))
    # The QueryDict as it is: a plain dict would drop repeated names.
    return any(RequestValidator(token).validate(url, request.POST, signature, algorithm) for token in _tokens())


def _tokens() -> list[str]:
    return [token for token in (settings.TWILIO_AUTH_TOKEN, settings.TWILIO_AUTH_TOKEN_PREVIOUS) if token]
