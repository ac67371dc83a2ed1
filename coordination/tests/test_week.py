"""The week: visits and the free gaps between them."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from accounts.permissions import Role
from clinics.tests.factories import ClosureFactory, MembershipFactory, ProviderFactory
from common.timeutil import combine, local_date
from coordination.selectors.week import week
from scheduling.models import AvailabilityException
from scheduling.states import Status
from scheduling.tests.factories import AppointmentFactory, AvailabilityExceptionFactory

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)
MORNING = combine(MONDAY, time(6), "America/New_York")


@pytest.fixture
def gaps(scene, coordinator):
    """gaps(): the free stretches of Tuesday as ("9:00", "17:00") pairs."""

    def read(now=MORNING):
        found = week(coordinator, scene.clinic, MONDAY, now)[scene.provider.pk, TUESDAY]
        return [tuple(f"{at.astimezone(scene.clinic.zone):%-H:%M}" for at in (one.starts_at, one.ends_at))
                for one in found if one.visit is None]  # fmt: skip

    return read


def at(scene, hour):
    return combine(TUESDAY, time(hour), scene.clinic.zone)


def test_a_day_without_visits_is_free(gaps):
    assert gaps() == [("9:00", "17:00")]


def test_a_visit_takes_its_time_and_a_cancelled_one_none(scene, gaps):
    common = {"clinic": scene.clinic, "provider": scene.provider, "visit_type": scene.visit_type}
    AppointmentFactory(starts_at=at(scene, 10), **common)
    AppointmentFactory(starts_at=at(scene, 14), status=Status.CANCELLED, **common)
    assert gaps() == [("9:00", "10:00"), ("10:30", "17:00")]


def test_changed_hours_count(scene, gaps):
    AvailabilityExceptionFactory(provider=scene.provider, date=TUESDAY, start_time=time(12), end_time=time(13))
    AvailabilityExceptionFactory(
        provider=scene.provider, clinic=scene.clinic, date=TUESDAY, kind=AvailabilityException.Kind.EXTRA,
        start_time=time(18), end_time=time(19),
    )  # fmt: skip
    assert gaps() == [("9:00", "12:00"), ("13:00", "17:00"), ("18:00", "19:00")]


def test_what_is_past_is_not_free(scene, gaps):
    assert gaps(now=at(scene, 12)) == [("12:00", "17:00")]
    assert gaps(now=at(scene, 19)) == []


def test_a_day_off_and_a_closed_clinic_have_no_gaps(scene, coordinator):
    AvailabilityExceptionFactory(provider=scene.provider, date=TUESDAY)
    ClosureFactory(clinic=scene.clinic, first_date=MONDAY, last_date=MONDAY)
    found = week(coordinator, scene.clinic, MONDAY, MORNING)
    assert found.get((scene.provider.pk, TUESDAY), []) == []
    assert found.get((scene.provider.pk, MONDAY), []) == []


def test_a_provider_sees_the_own_week_alone(client, scene, coordinator, desk):
    ProviderFactory(name="Colleague Crane", clinics=[scene.clinic])
    scene.provider.user = MembershipFactory(clinic=scene.clinic, role=Role.PROVIDER).user
    scene.provider.save()
    assert "Colleague Crane" in desk.get("/desk/week/").content.decode()
    client.force_login(scene.provider.user)
    html = client.get("/desk/week/").content.decode()
    assert scene.provider.name in html and "Colleague Crane" not in html


def test_the_page_costs_the_same_however_many_visits(
    desk, scene, django_assert_num_queries, django_assert_max_num_queries
):
    day = local_date(timezone.now(), scene.clinic.zone) + timedelta(days=14)
    page = f"/desk/week/?day={day}"
    desk.get(page)
    with django_assert_max_num_queries(14) as few:
        desk.get(page)
    for hour in (9, 11, 13):
        starts_at = combine(day, time(hour), scene.clinic.zone)
        AppointmentFactory(
            clinic=scene.clinic, provider=scene.provider, visit_type=scene.visit_type, starts_at=starts_at
        )
    with django_assert_num_queries(len(few) + 1):  # one more: the page now shows patients, which is written down
        html = desk.get(page).content.decode()
    assert html.count('class="block block-booked"') == 3 and "free" in html
