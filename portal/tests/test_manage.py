import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from icalendar import Calendar

from compliance.models import AuditEvent
from messaging.models import Message
from patients import links
from patients.models import AccessLink
from patients.tests.factories import ConsentRecordFactory, ContactPointFactory, PatientFactory
from scheduling.models import Appointment
from scheduling.slot_values import read_slot
from scheduling.states import Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(scene) -> Appointment:
    """Tomorrow at ten, of a patient with a phone."""
    ContactPointFactory(patient=scene.patient, value="+12025550123")
    ConsentRecordFactory(patient=scene.patient)
    tomorrow = (timezone.now() + timedelta(days=2)).replace(hour=15, minute=0, second=0, microsecond=0)
    return scene.book(tomorrow, now=timezone.now(), reason="A rash")


def token_for(visit, *, expires_in=timedelta(days=9)) -> str:
    return links.issue(
        patient=visit.patient,
        clinic=visit.clinic,
        purpose=AccessLink.Purpose.MANAGE_VISIT,
        subject=visit.subject,
        expires_at=timezone.now() + expires_in,
    )


@pytest.fixture
def token(visit) -> str:
    return token_for(visit)


@pytest.fixture
def url(token) -> str:
    return f"/m/{token}/"


def page_of(response) -> str:
    return response.content.decode()


def fresh(visit) -> Appointment:
    return Appointment.objects.get(pk=visit.pk)


def everything(visit) -> tuple:
    return fresh(visit).__dict__ | {"_state": None}, AccessLink.objects.values().get(), Message.objects.count()


class TestLooking:
    def test_a_look_shows_time_and_clinic_and_changes_nothing(self, client, url, visit, scene):
        before = everything(visit)
        for path in ("", "move/", "cancel/", "visit.ics"):
            assert client.get(url + path).status_code == 200
        page = page_of(client.get(url))
        assert scene.clinic.name in page and "Not confirmed yet" in page
        for secret in (
            visit.patient.last_name,
            visit.patient.first_name,
            visit.visit_type.name,
            "rash",
            scene.provider.name,
        ):
            assert secret not in page and secret not in page_of(client.get(url + "move/"))
        assert everything(visit) == before
        looks = AuditEvent.objects.filter(action="page.viewed", patient_id=visit.patient.public_id)
        seen = {look.subject.removeprefix("page:portal-") for look in looks}
        assert seen == {"calendar", "manage", "manage_cancel", "manage_move"}

    def test_nothing_of_it_is_kept_indexed_or_told_to_other_hosts(self, client, url):
        response = client.get(url)
        assert response["Cache-Control"] == "no-store" and "noindex" in response["X-Robots-Tag"]
        assert response["Referrer-Policy"] == "same-origin"

    def test_changes_need_a_post(self, client, url, visit):
        """The address of a button alone, as after a change of language, shows the visit and changes nothing."""
        for button in ("confirm/", "again/"):
            answer = client.get(url + button)
            assert answer.status_code == 302 and answer.url == url
        visit.refresh_from_db()
        assert visit.status == "booked"

    def test_it_speaks_the_patients_language_unless_another_was_chosen(self, client, url, visit):
        visit.patient.language = "es"
        visit.patient.save()
        assert '<html lang="es"' in page_of(client.get(url))
        client.cookies["django_language"] = "en"
        assert '<html lang="en"' in page_of(client.get(url))

    def test_the_patients_clock_comes_first(self, client, url, visit):
        visit.patient.time_zone = "America/Los_Angeles"
        visit.patient.save()
        page = page_of(client.get(url))
        assert "7:00 AM PST" in page and "10:00 AM EST at the clinic" in page


class TestConfirming:
    def test_once_and_again(self, client, url, visit):
        for _click in range(2):
            assert client.post(url + "confirm/").url == url
        assert fresh(visit).status == Status.CONFIRMED
        assert fresh(visit).events.filter(event="confirm").count() == 1
        assert fresh(visit).events.get(event="confirm").by_label == "patient-link"
        assert "You confirmed" in page_of(client.get(url))
        assert AccessLink.objects.get().first_opened_at


class TestMoving:
    def offered(self, client, url) -> list[str]:
        return re.findall(r'name="slot" value="([^"]+)"', page_of(client.get(url + "move/")))

    def test_to_another_time(self, client, url, visit):
        slot = self.offered(client, url)[0]
        assert client.post(url + "move/", {"slot": slot}).url == url
        moved = fresh(visit)
        assert moved.starts_at == read_slot(slot)[1] and moved.version == 2
        assert "Your visit has a new time." in page_of(client.get(url))
        assert Message.objects.filter(template_key="visit_moved", channel="sms").count() == 1

    def test_a_time_that_somebody_took_keeps_the_visit_where_it_is(self, client, url, visit, scene):
        slot = self.offered(client, url)[0]
        start = read_slot(slot)[1]
        scene.book(start, now=timezone.now(), patient=PatientFactory(clinics=[scene.clinic]))
        page = page_of(client.post(url + "move/", {"slot": slot}, follow=True))
        nearest = re.findall(r'name="slot" value="([^"]+)"', page)
        assert "has just been taken" in page and "No free times" not in page
        assert len(nearest) == 3 and slot not in nearest
        assert fresh(visit).version == 1

    def test_nonsense_is_refused(self, client, url, visit):
        assert client.post(url + "move/", {"slot": "x|y"}).status_code == 200
        assert fresh(visit).version == 1


class TestCancelling:
    def test_asks_whether_and_nobody_has_to_say_why(self, client, url, visit):
        assert "Yes, cancel it" in page_of(client.get(url + "cancel/")) and fresh(visit).status == Status.BOOKED
        assert client.post(url + "cancel/").url == url
        assert fresh(visit).status == Status.CANCELLED and fresh(visit).cancel_reason == "patient_request"

    def test_keeps_the_reason(self, client, url, visit):
        assert client.post(url + "cancel/", {"reason": "cannot_attend"}).url == url
        assert fresh(visit).status == Status.CANCELLED and fresh(visit).cancel_reason == "cannot_attend"
        assert "This visit is canceled" in page_of(client.get(url))

    def test_staff_reasons_are_not_the_patients(self, client, url, visit):
        client.post(url + "cancel/", {"reason": "provider_unavailable"})
        assert fresh(visit).status == Status.BOOKED

    def test_a_cancelled_visit_is_neither_moved_nor_confirmed(self, client, url, visit):
        client.post(url + "cancel/", {"reason": "other"})
        before = fresh(visit).events.count()
        for path in ("confirm/", "move/", "cancel/"):
            assert client.post(url + path, {"reason": "other", "slot": "x"}).url == url
        assert fresh(visit).events.count() == before


class TestClosedLinks:
    def test_unknown(self, client, url):
        response = client.get("/m/" + "x" * 32 + "/")
        assert response.status_code == 404 and "We do not know this link" in page_of(response)

    @time_machine.travel("2026-11-23T13:00:10Z", tick=False)  # a minute's count must not begin anew on the way
    def test_guessing_is_slowed_down(self, client, db):
        answers = [client.get(f"/m/guess{number}/").status_code for number in range(25)]
        assert answers.count(404) == 20 and answers[-1] == 429

    def test_revoked(self, client, url, visit):
        links.revoke(subject=visit.subject)
        response = client.get(url)
        assert response.status_code == 410 and "again/" not in page_of(response)
        assert client.post(url + "confirm/").status_code == 410
        assert fresh(visit).status == Status.BOOKED

    def test_expired_offers_a_new_one_by_text_to_the_number_on_record(self, client, visit):
        old = token_for(visit, expires_in=timedelta(seconds=-1))
        response = client.get(f"/m/{old}/")
        assert response.status_code == 410 and f"/m/{old}/again/" in page_of(response)
        assert client.post(f"/m/{old}/confirm/").status_code == 410
        sent = client.post(f"/m/{old}/again/")
        assert sent.status_code == 200 and "on its way" in page_of(sent)
        [message] = Message.objects.filter(template_key="reply_reschedule")
        assert message.to == "+12025550123"
        assert client.get(re.search(r"/m/\S+/", message.body)[0]).status_code == 200
        assert AuditEvent.objects.filter(action="portal.link_requested", subject=visit.subject).count() == 1

    def test_a_link_that_works_is_not_exchanged(self, client, token):
        assert client.post(f"/m/{token}/again/").url == f"/m/{token}/"
        assert not Message.objects.filter(template_key="reply_reschedule").exists()

    def test_a_new_one_three_times_an_hour(self, client, visit):
        old = token_for(visit, expires_in=timedelta(seconds=-1))
        answers = [client.post(f"/m/{old}/again/").status_code for _try in range(4)]
        assert answers == [200, 200, 200, 429]

    def test_an_expired_link_of_a_visit_that_is_over_offers_a_new_visit(self, client, visit):
        old = token_for(visit, expires_in=timedelta(seconds=-1))
        Appointment.objects.filter(pk=visit.pk).update(status=Status.COMPLETED)
        page = page_of(client.get(f"/m/{old}/"))
        assert "again/" not in page and f"/book/{visit.clinic.slug}/" in page
        assert client.post(f"/m/{old}/again/").status_code == 429
        assert not Message.objects.filter(template_key="reply_reschedule").exists()

    @pytest.mark.parametrize(
        ("status", "shift", "words"),
        [
            ("completed", timedelta(days=-4), "This visit is over"),
            ("no_show", timedelta(days=-4), "This visit is over"),
            ("booked", timedelta(days=-4), "This visit is over"),
            ("arrived", timedelta(0), "Your visit is now"),
        ],
    )
    def test_visits_that_are_past_or_under_way(self, client, url, visit, status, shift, words):
        Appointment.objects.filter(pk=visit.pk).update(
            status=status, starts_at=visit.starts_at + shift, ends_at=visit.ends_at + shift
        )
        page = page_of(client.get(url))
        assert words in page and "cancel/" not in page and "confirm/" not in page


@pytest.mark.parametrize(("modality", "words"), [("video", "By video. We send"), ("phone", "By phone. We call you")])
def test_the_page_says_how_and_not_with_whom(client, url, visit, modality, words):
    Appointment.objects.filter(pk=visit.pk).update(modality=modality)
    page = page_of(client.get(url))
    assert words in page and visit.provider.name not in page


class TestCalendar:
    def test_utc_and_nothing_about_the_person(self, client, url, visit, scene):
        response = client.get(url + "visit.ics")
        assert response["Content-Type"].startswith("text/calendar") and "attachment" in response["Content-Disposition"]
        text = page_of(response)
        [event] = Calendar.from_ical(text).walk("VEVENT")
        assert event["DTSTART"].dt == visit.starts_at and f"DTSTART:{visit.starts_at:%Y%m%dT%H%M%SZ}" in text
        assert str(event["SUMMARY"]) == f"Visit with {scene.clinic.message_name}"
        assert int(event["SEQUENCE"]) == 0 and visit.public_id in event["UID"]
        for secret in (visit.patient.last_name, scene.provider.name, "rash", "/m/", "DESCRIPTION", "ORGANIZER"):
            assert secret not in text

    def test_after_a_move_the_sequence_rises_and_the_uid_stays(self, client, url, visit):
        first = Calendar.from_ical(client.get(url + "visit.ics").content).walk("VEVENT")[0]
        Appointment.objects.filter(pk=visit.pk).update(version=3)
        second = Calendar.from_ical(client.get(url + "visit.ics").content).walk("VEVENT")[0]
        assert int(second["SEQUENCE"]) == 2 and first["UID"] == second["UID"]
