"""The set-up pages: Django's admin behind the portal's own sign-in, second factor and permissions."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission

MAY_ENTER = (Permission.SETUP, Permission.USERS_EDIT, Permission.AUDIT_VIEW)


@dataclass(frozen=True)
class Step:
    """One thing a clinic needs before it goes live: what, whether it is there, and where to add it."""

    label: str
    done: bool
    url: str
    missing: str = ""

    @classmethod
    def unless(cls, lacking, label: str, url: str) -> "Step":
        """Done unless the queryset finds something; its first rows are named."""
        names = [str(row) for row in lacking[:3]]
        return cls(label, not names, url, ", ".join(names))


StepSource = Callable[[object], list[Step]]


class SetupSite(AdminSite):
    """Who may enter follows from permissions at a clinic; `is_staff` and `is_superuser` open nothing here."""

    site_header = _("Set-up")
    site_title = _("Set-up")
    index_title = _("What your clinics have set up")
    site_url = "/"
    enable_nav_sidebar = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._steps: list[StepSource] = []

    def register(self, model_or_iterable, admin_class=None, **options):
        """Only our own pages: those that other packages bring know nothing of clinics."""
        if admin_class is not None and not admin_class.__module__.startswith(("allauth.", "django.")):
            super().register(model_or_iterable, admin_class, **options)

    def add_steps(self, source: StepSource) -> None:
        """An app's admin module says what of its own a clinic needs before it goes live."""
        self._steps.append(source)

    def index(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        steps = [step for source in self._steps for step in source(request.user)]
        context = {
            "steps": steps,
            "steps_left": sum(not step.done for step in steps),
            **(extra_context or {}),
        }
        return super().index(request, context)

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_authenticated and user.is_active and bool(user.clinic_ids(*MAY_ENTER))

    def get_urls(self):
        """Without the address that leads from any row's key to the row's public page: it asks nobody's leave."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def login(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """There is one sign-in form, and it is not here."""
        return redirect_to_login(request.GET.get("next", reverse("admin:index")), reverse("account_login"))

    def logout(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return redirect("account_change_password")
