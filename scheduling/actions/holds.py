"""Keeping a time for somebody who is still filling in the form."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from clinics.models import Provider
from common.timeutil import day_bounds, local_date
from scheduling import booking
from scheduling.actions.checks import refuse_unbookable
from scheduling.availability import Audience
from scheduling.errors import HoldExpired, TooManyHolds
from scheduling.models import Hold, VisitType

# As often as slow readers are promised (WCAG 2.2, 2.2.1), and no more: else a script could keep a clinic's times.
MOST_EXTENSIONS = 10
# One visitor, or a household behind one address, tries a few times; a script would keep the provider's whole day.
MOST_OF_A_DAY = 4


def hold_slot(
    *,
    visit_type: VisitType,
    provider: Provider,
    starts_at: datetime,
    state: str,
    now: datetime,
    audience: str = Audience.PATIENTS,
    holder: str = "",
    instead_of: Hold | None = None,
) -> Hold:
    """Keep a time for BOOKING_HOLD_SECONDS; the hold `instead_of` is given back if that works.

    `holder` names for whom, and gets MOST_OF_A_DAY times of one provider's day at once; nameless holds are not counted.
    Raises SlotTaken, NotBookable or TooManyHolds. A hold tells nothing about a person, so nothing is audited.
    """
    request = {
        "visit_type": visit_type, "provider": provider, "starts_at": starts_at,
        "state": state, "now": now, "audience": audience,
    }  # fmt: skip
    with transaction.atomic():
        refuse_unbookable(**request, hold=instead_of)
        hold = Hold.objects.create(
            clinic_id=visit_type.clinic_id,
            visit_type=visit_type,
            provider=provider,
            patient_state=state,
            starts_at=starts_at,
            ends_at=starts_at + visit_type.length,
            expires_at=now + timedelta(seconds=settings.BOOKING_HOLD_SECONDS),
            holder=holder,
            created_at=now,
        )
        booking.take(hold=hold, now=now, instead_of=instead_of)
        _refuse_hoarding(hold, now)
        return hold


def _refuse_hoarding(hold: Hold, now: datetime) -> None:
    """Counts under the provider's lock, which taking the time took: before it, requests would not see each other's."""
    if not hold.holder:
        return
    provider = hold.provider
    begin, end = day_bounds(local_date(hold.starts_at, provider.zone), provider.zone)
    kept = Hold.objects.filter(holder=hold.holder, provider=provider, starts_at__gte=begin, starts_at__lt=end)
    if kept.filter(expires_at__gt=now, resources__live=True).count() > MOST_OF_A_DAY:
        raise TooManyHolds


def extend_hold(*, hold: Hold, now: datetime) -> Hold:
    """Keep the time for another BOOKING_HOLD_SECONDS from now, MOST_EXTENSIONS of them in all.

    Raises HoldExpired when it is no longer kept.
    """
    span = timedelta(seconds=settings.BOOKING_HOLD_SECONDS)
    expires_at = min(now + span, hold.created_at + (1 + MOST_EXTENSIONS) * span)
    with transaction.atomic():
        if not booking.extend(hold=hold, expires_at=expires_at, now=now):
            raise HoldExpired
        hold.expires_at = expires_at
        hold.save(update_fields=["expires_at"])
        return hold


def release_hold(*, hold: Hold) -> None:
    """Give the time back. A hold that is gone already is no error."""
    Hold.objects.filter(pk=hold.pk).delete()
