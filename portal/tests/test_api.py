import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from clinics.tests.factories import ProviderFactory
from patients.tests.factories import PatientFactory
from scheduling.models import VisitType

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(client, scene):
    def ask_for(**query):
        given = {"visit_type": scene.visit_type.public_id, "state": "NY"} | query
        return client.get("/api/slots", {name: value for name, value in given.items() if value is not None})

    return ask_for


def day(offset: int) -> str:
    return (timezone.now().astimezone(ZoneInfo("America/New_York")) + timedelta(days=offset)).date().isoformat()


def test_one_day_is_the_providers_hours_in_utc(ask, scene):
    answer = ask(**{"from": day(2), "to": day(3)})
    body = answer.json()
    assert answer.status_code == 200 and body["zone"] == "America/New_York" and body["duration"] == 30
    starts = [datetime.fromisoformat(slot["start"]) for slot in body["slots"]]
    assert all(slot["start"].endswith("Z") for slot in body["slots"])
    local = [start.astimezone(ZoneInfo(body["zone"])) for start in starts]
    assert (local[0].hour, local[0].minute) == (9, 0) and (local[-1].hour, local[-1].minute) == (16, 30)
    assert len(starts) == 31 and {slot["provider"]["id"] for slot in body["slots"]} == {scene.provider.public_id}


def test_a_taken_time_is_not_there_and_nobody_is_named(ask, scene):
    before = ask(**{"from": day(2), "to": day(3)}).json()["slots"]
    patient = PatientFactory(clinics=[scene.clinic], last_name="Unmistakable")
    scene.book(datetime.fromisoformat(before[0]["start"]), now=timezone.now(), patient=patient)
    answer = ask(**{"from": day(2), "to": day(3)})
    after = answer.json()["slots"]
    assert before[0] not in after and len(after) < len(before)
    assert "Unmistakable" not in answer.content.decode() and patient.public_id not in answer.content.decode()


def test_one_provider(ask, scene):
    other = ProviderFactory(clinics=[scene.clinic])
    scene.visit_type.providers.add(other)
    assert ask(provider=other.public_id).json()["slots"] == []
    assert ask(provider=scene.provider.public_id).json()["slots"]


def test_a_state_without_a_license_has_no_times(ask):
    assert ask(state="CA").json()["slots"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"visit_type": None}, "visit_type"),
        ({"visit_type": "nobody-knows-it"}, "visit_type"),
        ({"state": None}, "state"),
        ({"state": "XX"}, "state"),
        ({"provider": "nobody"}, "provider"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-12-01T10:00"}, "from"),  # an instant without an offset means nothing
        ({"from": "9999-12-31"}, "from"),
        ({"from": "0001-01-01T00:00:00+14:00"}, "from"),
        ({"from": "2026-12-02", "to": "2026-12-01"}, "to"),
        ({"from": "2026-12-01", "to": "2027-03-01"}, "to"),
    ],
)
def test_what_is_wrong_is_told_in_words(ask, query, field):
    answer = ask(**query)
    error = answer.json()["error"]
    assert answer.status_code == 400 and error["code"] == "bad_request"
    assert error["fields"][field] and error["message"] == error["fields"][field]


def test_a_month_is_allowed(ask):
    assert ask(**{"from": day(0), "to": day(31)}).status_code == 200


def test_staff_only_kinds_are_unknown_to_the_public(ask, scene):
    scene.visit_type.audience = VisitType.Audience.STAFF
    scene.visit_type.save()
    assert ask().status_code == 400


def test_reads_only(client):
    assert client.post("/api/slots").status_code == 405


def test_a_hundred_and_twenty_a_minute(ask, monkeypatch):
    monkeypatch.setattr("common.ratelimit.hit", lambda scope, *rest: scope != "portal.slots")
    answer = ask()
    assert answer.status_code == 429 and answer["Retry-After"] == "60"
    assert json.loads(answer.content)["error"]["code"] == "too_many"
