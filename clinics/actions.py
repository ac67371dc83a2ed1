"""What is written about clinics outside a plain form."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.permissions import Role
from clinics.models import Clinic, Closure, Membership, Organization
from compliance import audit


@transaction.atomic
def close_on(*, clinic: Clinic, days: Mapping[date, str], by: User) -> list[Closure]:
    """Close the clinic on each of the days (day → reason). Days that are closed already stay as they are."""
    taken = set(clinic.closures.filter(first_date__in=list(days)).values_list("first_date", flat=True))
    added = Closure.objects.bulk_create(
        Closure(clinic=clinic, first_date=day, last_date=day, reason=reason)
        for day, reason in days.items()
        if day not in taken
    )
    audit.record(
        action="clinics.closed_days_added",
        actor=by,
        clinic=clinic,
        subject=f"clinic:{clinic.public_id}",
        detail={"days": [closure.first_date for closure in added]},
    )
    return added


@transaction.atomic
def open_to_its_maker(*, clinic: Clinic, user: User) -> Membership:
    """Whoever sets up a new clinic administers it: without that nobody could."""
    return _make_admin(clinic, user)


@transaction.atomic
def found(*, organization: str, clinic: Clinic, admin: User) -> Clinic:
    """A new organization with its first clinic and its first administrator. `clinic` and `admin` may be unsaved."""
    clinic.organization = Organization.objects.create(name=organization)
    clinic.full_clean()
    clinic.save()
    if admin.pk is None:
        admin.set_unusable_password()
        admin.save()
    _make_admin(clinic, admin)
    return clinic


def _make_admin(clinic: Clinic, user: User) -> Membership:
    membership = Membership.objects.create(user=user, clinic=clinic, role=Role.ADMIN)
    audit.record(
        action="clinics.role_given",
        clinic=clinic,
        subject=f"user:{user.public_id}",
        detail={"role": Role.ADMIN.value},
    )
    return membership
