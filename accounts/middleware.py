"""Who gets through: sessions that have not run out, and views whose declaration lets this user in."""

import logging
import time

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import resolve_url

from accounts import sessions
from accounts.access import Access, access_of
from accounts.redirects import send_to
from compliance import audit
from compliance.context import note

logger = logging.getLogger(__name__)

CLEAR_SITE_DATA = '"cache", "storage"'  # not "cookies": the language and the form token may stay


class SessionTimeoutMiddleware:
    """Ends a sign-in that was idle too long or is too old. Whether a request is activity, its view declares."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        had_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        was_signed_in = had_session and request.user.is_authenticated
        if was_signed_in:
            _end_when_over(request)
        response = self.get_response(request)
        if was_signed_in and not request.user.is_authenticated:
            response.headers["Clear-Site-Data"] = CLEAR_SITE_DATA
        return response

    def process_view(self, request, view, args, kwargs):
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return
        access = access_of(view, request.resolver_match.view_name)
        if access is not None and not access.passive:
            sessions.touch(request.session, time.time())


def _end_when_over(request) -> None:
    why = sessions.why_over(request.session, time.time())
    if not why:
        return
    audit.record(action="accounts.session_ended", actor=request.user, detail={"why": why}, request=request)
    request.session_ended = why
    logout(request)


class AccessMiddleware:
    """Default-deny: a view opens only as far as it declares. Objects are still scoped by the view, with 404."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.view_name
        access = access_of(view, name)
        if access is None:
            logger.error("view_without_access", extra={"route": request.resolver_match.route})
            raise PermissionDenied
        if access.public_because:
            return None
        if not request.user.is_authenticated:
            return send_to(request, settings.LOGIN_URL, ended=getattr(request, "session_ended", ""))
        if _lacks_second_factor(request, access):
            return send_to(request, _second_factor_page(request.user))
        if access.any_of and not request.user.clinic_ids(*access.any_of):
            _refuse(request, name, hidden=access.hidden)
        if access.any_of:
            note(role=request.user.roles())
        return None


def _lacks_second_factor(request, access: Access) -> bool:
    """Staff must show one; a patient's account, which holds no role anywhere, need not."""
    if not settings.MFA_REQUIRED or access.before_second_factor or not is_staff(request.user):
        return False
    return not has_second_factor(request)


def is_staff(user) -> bool:
    """Whether the account opens more than the person's own record."""
    return bool(user.is_staff or user.is_superuser or user.clinic_ids())


def has_second_factor(request) -> bool:
    """Whether the user has shown a second factor in this session."""
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records) or sessions.set_up_second_factor(
        request.session, request.user
    )


def _second_factor_page(user) -> str:
    return resolve_url("mfa_reauthenticate" if is_mfa_enabled(user) else "mfa_activate_totp")


def _refuse(request, view_name: str, *, hidden: bool) -> None:
    audit.record(action="accounts.page_refused", subject=f"page:{view_name}", outcome=audit.REFUSED, request=request)
    raise Http404 if hidden else PermissionDenied
