"""What a script may not do with the booking pages: keep times, and have texts sent anywhere."""

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from messaging.models import Message
from portal.actions import identity
from portal.draft import Draft
from portal.limits import address_of
from portal.tests.walk import Walk
from scheduling.models import Hold
from worklist.models import Task

pytestmark = pytest.mark.django_db


def test_a_time_is_kept_longer_sixty_times_an_hour_at_most(walk):
    walk.until_details()
    answers = [walk.client.post(walk.url("keep"), REMOTE_ADDR="198.51.100.77").status_code for _again in range(61)]
    assert answers == [302] * 60 + [429]


def test_a_code_goes_to_numbers_in_the_country_only(walk):
    walk.until_details()
    page = walk.details(mobile="+44 7700 900123")
    assert page.status_code == 200 and "Enter a US mobile number" in page.content.decode()


def test_an_attacker_uses_up_his_own_codes_and_nobody_elses(scene, monkeypatch, caplog):
    monkeypatch.setattr(identity, "CODES_PER_ADDRESS", 4)
    monkeypatch.setattr(identity, "CODES_UNUSUAL", 3)
    attacker, patient = (Walk(Client(REMOTE_ADDR=address), scene) for address in ("198.51.100.66", "203.0.113.9"))
    attacker.until_details()
    tries = [attacker.details(mobile=f"(202) 555-01{number}").status_code for number in range(10, 15)]
    assert tries == [302] * 4 + [429]
    patient.until_details()
    assert patient.details(mobile="(202) 555-0150").status_code == 302
    assert Message.objects.filter(template_key="phone_code").count() == 5
    assert [task.priority for task in Task.objects.all()] == [Task.Priority.URGENT], "one alarm however many codes"
    assert [record.message for record in caplog.records if record.name == "portal.actions.identity"] == [
        "codes_flood"
    ] * 2


def test_the_alarm_speaks_the_clinics_language_whoever_sets_it_off(scene, monkeypatch):
    monkeypatch.setattr(identity, "CODES_UNUSUAL", 0)
    with override("es"):
        draft = Draft(mobile="+12025550150", language="es")
        identity.send_code(clinic=scene.clinic, draft=draft, address="198.51.100.66", now=timezone.now())
    assert Task.objects.get().title.startswith("Unusually many booking codes")


def test_one_address_keeps_four_times_of_a_providers_day_and_others_keep_the_rest(scene):
    def keep(address: str) -> int:
        walk = Walk(Client(REMOTE_ADDR=address), scene)
        walk.until_time()
        tomorrow = [slot for slot in walk.offered() if Walk.start_of(slot).date() == _latest_day(walk)]
        return walk.choose(tomorrow[0]).status_code

    assert [keep("198.51.100.66") for _again in range(5)] == [302] * 4 + [429]
    assert keep("2001:db8::1") == 302
    assert Hold.objects.count() == 5 and "198.51" not in str(Hold.objects.values_list("holder", flat=True))


def _latest_day(walk):
    return max(Walk.start_of(slot).date() for slot in walk.offered())


def test_somebody_who_changes_their_mind_often_is_not_stopped(walk):
    walk.until_time()
    for slot in walk.offered()[:4] * 2:
        assert walk.choose(slot).status_code == 302


@pytest.mark.parametrize(
    ("address", "counted"),
    [("198.51.100.7", "198.51.100.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("", "")],
)
def test_whom_the_limits_count(rf, address, counted):
    assert address_of(rf.get("/", REMOTE_ADDR=address)) == counted
