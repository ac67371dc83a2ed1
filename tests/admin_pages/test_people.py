"""Colleagues are invited; nobody raises themselves, and nobody takes over another's account."""

import pytest
from django.core import mail

from accounts.models import User
from accounts.permissions import Role
from accounts.tests.factories import PASSWORD
from clinics.models import Membership
from clinics.tests.factories import MembershipFactory
from compliance.models import AuditEvent
from tests.admin_pages.test_scope import list_url, posted, url

pytestmark = pytest.mark.django_db


def new_colleague(house, browser, clinic, **changes):
    data = posted(browser.get(list_url(User, "add")))
    row = {"memberships-0-clinic": clinic.pk, "memberships-0-role": Role.COORDINATOR.value}
    return browser.post(list_url(User, "add"), data | {"email": "New@Example.com", "name": "Lee New"} | row | changes)


def test_new_colleague_is_invited_and_has_no_password(house, monkeypatch):
    asked = []
    monkeypatch.setattr("accounts.actions.enqueue", lambda task, **ids: asked.append((task.name, ids)))
    response = new_colleague(house, house.browser(), house.clinic)
    assert response.status_code == 302
    user = User.objects.get(email="new@example.com")
    assert not user.has_usable_password()
    assert [one.role for one in user.memberships.all()] == [Role.COORDINATOR]
    assert asked == [("accounts.tasks.send_invitation", {"user_id": user.pk})]
    assert AuditEvent.objects.filter(action="accounts.user_invited", clinic_id=house.clinic.public_id).count() == 1
    assert mail.outbox == []


def test_new_colleague_needs_a_role(house):
    response = new_colleague(
        house, house.browser(), house.clinic, **{"memberships-0-clinic": "", "memberships-0-role": ""}
    )
    assert response.status_code == 200
    assert not User.objects.filter(email="new@example.com").exists()


def test_role_at_anothers_clinic_is_refused(house, other):
    response = new_colleague(house, house.browser(), other.clinic)
    assert response.status_code == 200
    assert not User.objects.filter(email="new@example.com").exists()


def test_nobody_gives_themselves_a_role(house):
    browser = house.browser()
    data = posted(browser.get(url(house.admin)))
    browser.post(
        url(house.admin),
        data
        | {
            "name": "Still Me",
            "memberships-TOTAL_FORMS": 2,
            "memberships-INITIAL_FORMS": 1,
            "memberships-1-clinic": house.clinic.pk,
            "memberships-1-role": Role.SUPERVISOR.value,
        },
    )
    assert [one.role for one in Membership.objects.filter(user=house.admin)] == [Role.ADMIN]


def test_nobody_deactivates_themselves(house):
    response = house.browser().post(url(house.admin, "deactivate"), {"typed": house.admin.name})
    assert response.status_code == 403
    assert User.objects.get(pk=house.admin.pk).is_active


def test_address_of_an_account_is_not_the_administrators_to_change(house):
    browser = house.browser()
    data = posted(browser.get(url(house.colleague)))
    browser.post(url(house.colleague), data | {"email": "attacker@example.com", "name": "Renamed"})
    house.colleague.refresh_from_db()
    assert house.colleague.name == "Renamed" and house.colleague.email != "attacker@example.com"


def test_colleague_who_works_elsewhere_too_keeps_account_and_roles_there(house, other):
    MembershipFactory(user=house.colleague, clinic=other.clinic, role=Role.PROVIDER)
    browser = house.browser()
    page = browser.get(url(house.colleague))
    assert other.clinic.name not in page.content.decode()
    for slug in ("deactivate", "end-sessions", "reset-second-factor"):
        assert browser.post(url(house.colleague, slug), {"typed": house.colleague.name}).status_code == 403
    data = posted(page) | {"memberships-0-DELETE": "on"}
    browser.post(url(house.colleague), data)
    assert {one.clinic for one in Membership.objects.filter(user=house.colleague)} >= {other.clinic}


def test_deactivated_colleague_is_out_at_once(house, client):
    client.post("/accounts/login/", {"login": house.colleague.email, "password": PASSWORD})
    assert client.get("/session/").json()["signed_in"]
    house.browser().post(url(house.colleague, "deactivate"), {"typed": house.colleague.name})
    assert not client.get("/session/").json()["signed_in"]
    client.post("/accounts/login/", {"login": house.colleague.email, "password": PASSWORD})
    assert not client.get("/session/").json()["signed_in"]
    assert AuditEvent.objects.filter(action="accounts.user_deactivated").count() == 1
