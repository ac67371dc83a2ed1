"""What can't be taken back asks first, says what follows, and wants the name typed."""

import pytest

from clinics.models import Closure
from compliance.models import AuditEvent
from scheduling.models import ReminderStep, VisitType
from tests.admin_pages.test_scope import url

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["", "something else"])
def test_nothing_is_deleted_without_the_name(house, typed):
    step = house.clinic.reminder_steps.first()
    house.browser().post(url(step, "delete"), {"post": "yes", "typed": typed})
    assert ReminderStep.objects.filter(pk=step.pk).exists()
    assert not AuditEvent.objects.filter(action="setup.reminderstep_deleted").exists()


def test_deleted_with_the_name(house):
    step = house.clinic.reminder_steps.first()
    assert b"To go on, type:" in house.browser().get(url(step, "delete")).content
    house.browser().post(url(step, "delete"), {"post": "yes", "typed": str(step).upper()})
    assert not ReminderStep.objects.filter(pk=step.pk).exists()
    assert AuditEvent.objects.filter(action="setup.reminderstep_deleted").count() == 1


def test_out_of_use_tells_what_follows_and_wants_the_name(house):
    browser = house.browser()
    page = browser.get(url(house.visit_type, "deactivate"))
    assert b"Visits that are booked stay booked." in page.content
    assert b"does not match" in browser.post(url(house.visit_type, "deactivate"), {"typed": "no"}).content
    assert VisitType.objects.get(pk=house.visit_type.pk).is_active
    browser.post(url(house.visit_type, "deactivate"), {"typed": house.visit_type.name})
    assert not VisitType.objects.get(pk=house.visit_type.pk).is_active
    assert AuditEvent.objects.filter(action="setup.visittype_deactivated").count() == 1


def test_row_of_others_is_not_found(house, other):
    browser = house.browser()
    for slug in ("deactivate", "activate"):
        assert browser.post(url(other.visit_type, slug), {"typed": other.visit_type.name}).status_code == 404
    assert VisitType.objects.get(pk=other.visit_type.pk).is_active


def test_federal_holidays_are_added_once(house):
    browser = house.browser()
    for _ in range(2):
        browser.post(url(house.clinic, "next-holidays"))
    added = Closure.objects.filter(clinic=house.clinic, reason__contains="Thanksgiving")
    assert added.count() == 2  # this year's of the fixture, next year's from the button
    assert AuditEvent.objects.filter(action="clinics.closed_days_added").count() == 2
