"""An address whose view says nothing about access stops the start, and would not open if it did not."""

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import include, path

from accounts.access import access_of, passive, public, requires, signed_in
from accounts.checks import every_view_declares_access, routes
from accounts.permissions import Permission, Role
from accounts.tests.factories import UserFactory
from clinics.tests.factories import MembershipFactory
from compliance.models import AuditEvent

pytestmark = pytest.mark.django_db


def _silent(request):
    return HttpResponse("opened")


@requires(Permission.AUDIT_VIEW)
def _closed(request):
    return HttpResponse("opened")


@signed_in
def _staff(request):
    return HttpResponse("opened")


urlpatterns = [
    path("silent/", _silent, name="silent"),
    path("inner/", include([path("silent/<int:number>/", _silent)])),
    path("closed/", _closed, name="closed"),
    path("staff/", _staff, name="staff"),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
]
here = override_settings(ROOT_URLCONF=__name__)


def test_the_portal_declares_everything():
    assert every_view_declares_access(None) == []
    assert len(list(routes())) > 100


@here
def test_silent_addresses_are_named():
    assert [error.msg for error in every_view_declares_access(None)] == [
        "/silent/ does not say who may open it.",
        "/inner/silent/<int:number>/ does not say who may open it.",
    ]


@here
def test_silent_view_does_not_open(client):
    assert client.get("/silent/").status_code == 403
    client.force_login(MembershipFactory(role=Role.ADMIN).user)
    assert client.get("/silent/").status_code == 403


@here
@pytest.mark.parametrize(("role", "status"), [(Role.ADMIN, 200), (Role.COORDINATOR, 403), (Role.SUPERVISOR, 403)])
def test_permission_opens_and_its_absence_is_recorded(client, role, status):
    client.force_login(MembershipFactory(role=role).user)
    assert client.get("/closed/").status_code == status
    assert AuditEvent.objects.filter(action="accounts.page_refused", outcome="refused").count() == (status == 403)


@here
def test_role_taken_away_counts_at_the_next_request(client):
    membership = MembershipFactory(role=Role.ADMIN)
    client.force_login(membership.user)
    assert client.get("/closed/").status_code == 200
    membership.delete()
    assert client.get("/closed/").status_code == 403


@here
def test_superuser_without_a_role_opens_nothing(client):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    assert client.get("/closed/").status_code == 403


@here
def test_stranger_is_sent_to_sign_in_and_back(client):
    assert client.get("/staff/?day=1")["Location"] == "/accounts/login/?next=%2Fstaff%2F%3Fday%3D1"


def test_later_declaration_replaces_the_earlier_but_for_passive():
    view = passive(requires(Permission.EXPORT)(public("why")(lambda request: None)))
    declared = access_of(view, "")
    assert (declared.public_because, declared.any_of, declared.passive) == ("", {Permission.EXPORT}, True)


def test_requires_names_at_least_one_permission():
    with pytest.raises(ValueError, match="at least one"):
        requires()
