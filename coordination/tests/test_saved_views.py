"""Views of the board: chosen, kept under a name, shared."""

import pytest

from accounts.permissions import Role
from clinics.tests.factories import MembershipFactory, ProviderFactory
from compliance.models import AuditEvent
from coordination.models import SavedView
from coordination.tests.moments import tomorrow_at
from scheduling.tests.factories import AppointmentFactory

pytestmark = pytest.mark.django_db
URL = "/desk/views/"


@pytest.fixture
def other(scene):
    """A visit of another provider, tomorrow."""
    provider = ProviderFactory(clinics=[scene.clinic])
    return AppointmentFactory(
        clinic=scene.clinic, provider=provider, visit_type=scene.visit_type, starts_at=tomorrow_at(scene.clinic, 11)
    )


@pytest.fixture
def visit(scene):
    return AppointmentFactory(
        clinic=scene.clinic, provider=scene.provider, visit_type=scene.visit_type, patient=scene.patient,
        starts_at=tomorrow_at(scene.clinic, 10),
    )  # fmt: skip


def test_a_view_is_saved_and_shown(desk, scene, visit, other, coordinator):
    given = {"name": "Mine", "show": "unconfirmed", "provider": [scene.provider.public_id]}
    response = desk.post(URL, given)
    query = f"clinic={scene.clinic.public_id}&show=unconfirmed&provider={scene.provider.public_id}"
    assert response.url == f"/desk/?{query}"
    html = desk.get(f"{response.url}&day=tomorrow").content.decode()
    assert visit.patient.last_name in html and other.patient.last_name not in html
    assert "Some providers only." in html and ">Mine</a>" in html
    view = SavedView.objects.get()
    assert (view.owner, view.shared, view.providers) == (coordinator, False, [scene.provider.public_id])
    assert AuditEvent.objects.filter(action="coordination.view_saved", subject=f"view:{view.public_id}").exists()


def test_the_same_name_replaces(desk):
    desk.post(URL, {"name": "Mine", "show": "unconfirmed"})
    desk.post(URL, {"name": "Mine", "show": "waiting", "shared": "on"})
    view = SavedView.objects.get()
    assert (view.show, view.shared) == ("waiting", True)


def test_a_choice_can_be_shown_without_a_name(desk, clinic):
    response = desk.post(URL, {"only": "show", "show": "waiting"})
    assert response.url == f"/desk/?clinic={clinic.public_id}&show=waiting"
    assert desk.post(URL, {"show": "waiting"}).status_code == 422
    assert SavedView.objects.count() == 0


def test_colleagues_see_what_is_shared_and_remove_only_their_own(client, desk, clinic, stranger):
    desk.post(URL, {"name": "Private one", "show": "all"})
    desk.post(URL, {"name": "Shared one", "show": "all", "shared": "on"})
    client.force_login(MembershipFactory(clinic=clinic, role=Role.COORDINATOR).user)
    html = client.get(URL).content.decode()
    assert "Shared one" in html and "Private one" not in html
    for view in SavedView.objects.all():
        assert client.post(f"{URL}{view.public_id}/remove/").status_code == 404
    client.force_login(stranger)
    assert "Shared one" not in client.get(URL).content.decode()
    assert SavedView.objects.count() == 2


def test_one_removes_ones_own(desk):
    desk.post(URL, {"name": "Mine", "show": "all"})
    desk.post(f"{URL}{SavedView.objects.get().public_id}/remove/")
    assert SavedView.objects.count() == 0
    assert AuditEvent.objects.filter(action="coordination.view_removed").count() == 1


def test_a_filter_of_providers_holds_for_all_that_the_board_fetches(desk, visit, other):
    query = f"day=tomorrow&provider={visit.provider.public_id}"
    for page in ("/desk/board/", "/desk/print/"):
        html = desk.get(f"{page}?{query}").content.decode()
        assert visit.patient.last_name in html and other.patient.last_name not in html
    rows = desk.get(f"/desk/rows/?{query}&ids={visit.public_id},{other.public_id}").json()
    assert ([row["id"] for row in rows["rows"]], rows["gone"]) == ([visit.public_id], [other.public_id])
    assert f"provider={visit.provider.public_id}" in desk.get(f"/desk/?{query}").context["board_query"]
