"""The demo started at awkward hours."""

from collections import Counter
from datetime import datetime

import pytest
from django.db.models import Count

from clinics.models import Clinic
from common.timeutil import local_date
from messaging.models import Conversation
from scheduling.models import Appointment, BookingResource
from scheduling.states import LIVE, Status

from .conftest import NEW_YORK
from .test_clinic import overlaps

AWKWARD = {
    "late evening": datetime(2026, 11, 24, 23, 30, tzinfo=NEW_YORK),
    "after midnight, the night the clocks go back": datetime(2026, 11, 1, 0, 30, tzinfo=NEW_YORK),
}


@pytest.mark.slow
@pytest.mark.parametrize("now", AWKWARD.values(), ids=AWKWARD.keys())
def test_the_demo_can_be_started(seeded, now):
    with seeded(now):
        clinic = Clinic.objects.order_by("pk").first()
        days = Counter(local_date(visit.starts_at, clinic.zone) for visit in Appointment.objects.filter(clinic=clinic))
        statuses = set(Appointment.objects.values_list("status", flat=True))
        live = set(Appointment.objects.filter(status__in=LIVE).values_list("pk", flat=True))
        taken = BookingResource.objects.filter(live=True).values("appointment").annotate(rows=Count("pk"))

        assert days[now.date()] >= 5, "today is not empty"
        assert statuses >= {Status.BOOKED, Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED}
        assert overlaps("provider_id") == overlaps("patient_id") == 0
        assert {row["appointment"] for row in taken if row["rows"] == 2} == live
        assert Conversation.objects.filter(state=Conversation.State.OPEN).count() >= 3
