"""Which clinic a page of the desk is about: named in the address, else the one chosen last, else the first."""

from django.http import Http404, HttpRequest

from accounts.permissions import Permission
from clinics.models import Clinic

_SESSION_KEY = "clinic"


def clinics_of(request: HttpRequest) -> list[Clinic]:
    """The clinics whose desk the user may open, by name. One query for each request."""
    if not hasattr(request, "_desk_clinics"):
        ids = request.user.clinic_ids(Permission.DESK_VIEW)
        request._desk_clinics = list(Clinic.objects.active().filter(pk__in=ids).order_by("name"))
    return request._desk_clinics


def current_clinic(request: HttpRequest) -> Clinic:
    """The clinic of this page; a clinic named in the address is remembered. Raises Http404 for one out of scope."""
    named = request.GET.get("clinic", "")
    clinics = clinics_of(request)
    wanted = named or request.session.get(_SESSION_KEY, "")
    clinic = next((one for one in clinics if one.public_id == wanted), None)
    if clinic is None and (named or not clinics):
        raise Http404
    clinic = clinic or clinics[0]
    if named and request.session.get(_SESSION_KEY) != clinic.public_id:
        request.session[_SESSION_KEY] = clinic.public_id
    return clinic
