"""The set-up pages: Django's admin behind the portal's own sign-in, second factor and permissions."""

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission

MAY_ENTER = (Permission.SETUP, Permission.USERS_EDIT, Permission.AUDIT_VIEW)


class SetupSite(AdminSite):
    """Who may enter follows from permissions at a clinic; `is_staff` and `is_superuser` open nothing here."""

    site_header = _("Set-up")
    site_title = _("Set-up")
    index_title = _("What your clinics have set up")
    site_url = "/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_authenticated and user.is_active and bool(user.clinic_ids(*MAY_ENTER))

    def login(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """There is one sign-in form, and it is not here."""
        return redirect_to_login(request.GET.get("next", reverse("admin:index")), reverse("account_login"))

    def logout(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return redirect("account_change_password")
