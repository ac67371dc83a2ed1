"""Filters of the board that people keep under a name."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from clinics.models import Clinic, Provider
from compliance import audit
from coordination.models import SavedView


@transaction.atomic
def save_view(
    *, clinic: Clinic, by: User, name: str, show: str, providers: Iterable[Provider], shared: bool
) -> SavedView:
    """Keep it; one's own view of the same name is replaced."""
    values = {"show": show, "providers": [one.public_id for one in providers], "shared": shared}
    view, _created = SavedView.objects.update_or_create(clinic=clinic, owner=by, name=name, defaults=values)
    audit.record(action="coordination.view_saved", actor=by, clinic=clinic, subject=f"view:{view.public_id}")
    return view


@transaction.atomic
def remove_view(*, view: SavedView, by: User) -> None:
    """Forget it; whoever has its address can still open the same board."""
    audit.record(action="coordination.view_removed", actor=by, clinic=view.clinic, subject=f"view:{view.public_id}")
    view.delete()
