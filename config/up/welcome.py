"""What `manage.py up` says when the portal is there."""

from django.conf import settings

from clinics.models import Membership
from config.demo import PASSWORD

PAGES = [("Desk", "/desk/"), ("Booking", "/book/"), ("Patients' phones", "/phone/"), ("Set-up", "/admin/")]


def welcome(url: str) -> str:
    """Addresses, and in the demo one sign-in for each role."""
    lines = ["", f"{settings.PRODUCT_NAME} runs. Stop it with Ctrl-C.", "", f"  {'Portal':<18}{url}/"]
    pages = [page for page in PAGES if settings.DEMO or page[0] != "Patients' phones"]
    lines += [f"  {name:<18}{url}{path}" for name, path in pages]
    if settings.DEMO:
        lines += _sign_ins()
    return "\n".join([*lines, ""])


def _sign_ins() -> list[str]:
    memberships = Membership.objects.filter(user__email__endswith="@example.com")
    people: dict[str, str] = {}
    for membership in memberships.select_related("user").order_by("pk"):
        people.setdefault(membership.get_role_display(), membership.user.email)
    if not people:
        return []
    head = ["", f"  Demo sign-ins, each with the password {PASSWORD}"]
    return head + [f"  {str(role).capitalize():<22}{email}" for role, email in people.items()]
