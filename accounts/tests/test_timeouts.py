"""Idle and absolute time-outs, and what counts as activity."""

import time

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.tests.factories import UserFactory
from compliance.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """Wall-clock time that a test may push on."""

    class Clock:
        now = float(int(time.time()))

        def forward(self, seconds):
            self.now += seconds

    ticking = Clock()
    monkeypatch.setattr(time, "time", lambda: ticking.now)
    return ticking


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def staff(client, user, clock):
    client.force_login(user)
    return client


PAGE = "/session/extend/"  # a route that counts as activity
PASSIVE = "/session/"


def left(client):
    return client.get(PASSIVE).json()["idle_seconds_left"]


def test_idle_limit_ends_the_session_and_says_so(staff, clock):
    clock.forward(settings.SESSION_IDLE_SECONDS + 1)
    response = staff.get(reverse("usersessions_list"))
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=%2Faccounts%2Fsessions%2F&ended=idle"
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert "_auth_user_id" not in staff.session
    assert list(AuditEvent.objects.filter(action="accounts.session_ended").values_list("detail", flat=True)) == [
        {"why": "idle"}
    ]


def test_activity_pushes_the_idle_limit(staff, clock):
    for _ in range(3):
        clock.forward(settings.SESSION_IDLE_SECONDS - 20)
        assert staff.post(PAGE).status_code == 200
    assert left(staff) == settings.SESSION_IDLE_SECONDS


def test_passive_routes_never_push_the_idle_limit(staff, clock):
    for _ in range(2):
        clock.forward(settings.SESSION_IDLE_SECONDS // 2 - 1)
        assert staff.get(PASSIVE).json()["signed_in"]
    assert left(staff) == 2
    clock.forward(2)
    assert staff.get(PASSIVE).json() | {"csrf_token": ""} == {
        "signed_in": False,
        "idle_seconds_left": 0,
        "csrf_token": "",
    }


@pytest.mark.parametrize("trick", [{"HTTP_HX_REQUEST": "true"}, {"QUERY_STRING": "active=1&skip_timeout_reset=0"}])
def test_no_parameter_or_header_makes_a_passive_route_active(staff, clock, trick):
    clock.forward(100)
    staff.get(PASSIVE, **trick)
    assert left(staff) == settings.SESSION_IDLE_SECONDS - 100


def test_absolute_limit_ends_even_a_busy_session(staff, clock):
    for _ in range(settings.SESSION_ABSOLUTE_SECONDS // 600 - 1):
        clock.forward(600)
        assert staff.post(PAGE).status_code == 200
    assert left(staff) == 600
    clock.forward(600)
    assert staff.get(reverse("usersessions_list"))["Location"].endswith("ended=absolute")


def test_htmx_is_told_to_load_the_sign_in_page_and_json_gets_401(staff, clock):
    clock.forward(settings.SESSION_IDLE_SECONDS + 1)
    page = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://testserver/desk/?day=2026-11-21"}
    response = staff.get(reverse("usersessions_list"), **page)
    assert response["HX-Redirect"] == "/accounts/login/?next=%2Fdesk%2F%3Fday%3D2026-11-21&ended=idle"
    assert staff.post(PAGE, HTTP_ACCEPT="application/json").status_code == 401


def test_next_never_leads_to_another_host(client):
    for address in ("https://evil.example/desk/", "//evil.example", "javascript:alert(1)"):
        response = client.post(PAGE, HTTP_REFERER=address)
        assert response["Location"] == "/accounts/login/?next=%2F"


def test_session_without_clocks_is_over(staff):
    session = staff.session
    del session["_signed_in_at"]
    session.save()
    assert staff.get(PASSIVE).json()["signed_in"] is False


def test_deactivated_user_is_out_at_the_next_request(staff, user):
    user.is_active = False
    user.save()
    assert staff.get(PASSIVE).json()["signed_in"] is False
    assert staff.get(reverse("usersessions_list")).status_code == 302


def test_signing_out_clears_what_the_browser_keeps(staff):
    response = staff.post(reverse("account_logout"))
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert AuditEvent.objects.filter(action="accounts.signed_out").count() == 1
