"""What every staff page shows around its content: navigation, the clinics to choose from, row height."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from coordination.clinic_choice import clinics_of, current_clinic


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the main navigation; `key` is its letter after "g"."""

    label: str
    icon: str
    view: str
    prefix: str
    permissions: tuple[Permission, ...]
    key: str = ""


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str
    icon: str
    url: str
    active: bool
    key: str = ""
    count: int = 0


_SEES_PATIENTS = (Permission.PATIENT_VIEW, Permission.PATIENT_VIEW_OWN)
_PLACES = (
    Place(_("Desk"), "layout-dashboard", "coordination:desk", "/desk/", (Permission.DESK_VIEW,), "d"),
    Place(_("Live"), "activity", "coordination:live", "/desk/live/", (Permission.VISIT_CONDUCT,), "l"),
    Place(_("Inbox"), "inbox", "coordination:inbox", "/inbox/", (Permission.MESSAGE_VIEW,), "i"),
    Place(_("Tasks"), "list-checks", "coordination:tasks", "/tasks/", (Permission.TASK_VIEW,), "t"),
    Place(_("Patients"), "users", "coordination:patients", "/patients/", _SEES_PATIENTS, "p"),
    Place(_("Set-up"), "settings", "admin:index", "/admin/", (Permission.SETUP, Permission.USERS_EDIT)),
)


def navigation(request: HttpRequest) -> dict:
    """`nav_items` as base_staff.html expects them, and who may switch to which clinic; nothing for anonymous pages.

    All of it is lazy: a page that does not draw the top bar pays for none of it.
    """
    if not hasattr(request, "user"):
        return {}
    return {
        "nav_items": SimpleLazyObject(lambda: _items(request)),
        "user_menu_items": SimpleLazyObject(lambda: _menu(request)),
        "desk_clinics": SimpleLazyObject(lambda: clinics_of(request) if _signed_in(request) else []),
        "desk_clinic": SimpleLazyObject(lambda: _clinic(request)),
        "can_search_patients": SimpleLazyObject(lambda: bool(_held_anywhere(request, *_SEES_PATIENTS))),
        "density": SimpleLazyObject(lambda: request.user.density if _signed_in(request) else ""),
    }


def _items(request: HttpRequest) -> list[NavItem]:
    here = max((place.prefix for place in _PLACES if request.path.startswith(place.prefix)), key=len, default="")
    return [
        NavItem(
            label=place.label,
            icon=place.icon,
            url=reverse(place.view),
            active=place.prefix == here,
            key=place.key,
        )
        for place in _PLACES
        if _held_anywhere(request, *place.permissions)
    ]


def _menu(request: HttpRequest) -> list[NavItem]:
    if not _signed_in(request):
        return []
    return [NavItem(_("Row height and shortcuts"), "keyboard", reverse("coordination:preferences"), active=False)]


def _clinic(request: HttpRequest):
    try:
        return current_clinic(request) if _signed_in(request) else None
    except Http404:
        return None


def _held_anywhere(request: HttpRequest, *permissions: Permission) -> list[int]:
    return request.user.clinic_ids(*permissions) if _signed_in(request) else []


def _signed_in(request: HttpRequest) -> bool:
    return request.user.is_authenticated
