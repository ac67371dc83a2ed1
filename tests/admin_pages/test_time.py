"""Time off and closed days over booked visits: they are listed, and somebody has to offer another time."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from common.timeutil import local_date
from scheduling.models import AvailabilityException
from scheduling.tests.factories import AppointmentFactory
from tests.admin_pages.test_scope import list_url, posted, url
from worklist.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(house):
    starts_at = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    return AppointmentFactory(
        clinic=house.clinic, provider=house.provider, visit_type=house.visit_type, starts_at=starts_at
    )


def words(response) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def take_off(house, day, **changes):
    browser = house.browser()
    data = posted(browser.get(list_url(AvailabilityException, "add")))
    row = {"provider": house.provider.pk, "kind": "off", "date": day.isoformat()}
    return browser.post(list_url(AvailabilityException, "add"), data | row | changes)


def test_time_off_over_a_visit_lists_it_and_opens_a_task(house, visit):
    response = take_off(house, local_date(visit.starts_at, house.provider.zone))
    assert "1 booked visit falls into this time" in words(response)
    assert visit.patient.last_name not in words(response)
    task = Task.objects.get()
    assert (task.kind, task.subject, task.patient, task.clinic) == (
        "reoffer",
        visit.subject,
        visit.patient,
        house.clinic,
    )
    take_off(house, local_date(visit.starts_at, house.provider.zone), start_time="00:00", end_time="23:59")
    assert Task.objects.count() == 1


def test_time_off_on_another_day_or_hour_and_extra_hours_open_nothing(house, visit):
    day = local_date(visit.starts_at, house.provider.zone)
    take_off(house, day + timedelta(days=1))
    hour = visit.starts_at.astimezone(house.provider.zone)
    if hour.hour < 22:
        after = {"start_time": f"{hour.hour + 1}:00", "end_time": "23:30"}
        take_off(house, day, **after)
    take_off(house, day, kind="extra", clinic=house.clinic.pk, start_time="00:00", end_time="23:00")
    assert Task.objects.count() == 0


def test_closed_day_over_a_visit_opens_a_task(house, visit):
    browser = house.browser()
    day = local_date(visit.starts_at, house.clinic.zone).isoformat()
    data = posted(browser.get(url(house.clinic)))
    at = int(data["closures-TOTAL_FORMS"])
    row = {
        "closures-TOTAL_FORMS": at + 1, f"closures-{at}-first_date": day, f"closures-{at}-last_date": day,
        f"closures-{at}-reason": "Burst pipe",
    }  # fmt: skip
    response = browser.post(url(house.clinic), data | row)
    assert response.status_code == 302
    assert "1 booked visit" in words(response)
    assert Task.objects.get().subject == visit.subject
