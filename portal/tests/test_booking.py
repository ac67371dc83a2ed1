import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone, translation
from django.utils.formats import date_format

from accounts.permissions import Role
from clinics.models import License, Provider
from clinics.tests.factories import ClinicFactory, MembershipFactory, ProviderFactory
from compliance.models import AuditEvent
from insurance.models import Coverage, VisitPayment
from messaging.models import Message
from patients.models import AccessLink, ConsentRecord, Patient, PhoneChallenge
from patients.tests.factories import PatientFactory
from patients.wording import CONSENT_VERSION, TELEHEALTH_CONSENT
from portal.tests.walk import AGREED, PERSON, Walk
from scheduling import actions as scheduling
from scheduling.models import Appointment, BookingResource, Hold
from scheduling.slot_values import slot_value
from scheduling.tests.factories import open_hours

pytestmark = pytest.mark.django_db


def page_of(response) -> str:
    return response.content.decode()


class TestTheWholeWay:
    def test_with_insurance(self, walk, scene):
        visit = walk.book(insured=True)
        patient = visit.patient
        assert (patient.first_name, patient.last_name, str(patient.birth_date)) == ("Ana", "García", "1984-05-17")
        assert patient.organization == scene.clinic.organization and scene.clinic in patient.clinics.all()
        points = {point.kind: point for point in patient.contact_points.all()}
        assert points["mobile"].value == "+12025550123" and points["mobile"].verified_at
        assert points["email"].value == "ana@example.com"
        assert (visit.source, visit.reason, visit.patient_state) == ("portal", "A rash on my arm", "NY")
        payment = VisitPayment.objects.get(subject=visit.subject)
        assert payment.coverage.member_id == "XYZ12345"
        assert not BookingResource.objects.filter(hold__isnull=False).exists()

    def test_paying_oneself(self, walk):
        visit = walk.book()
        assert VisitPayment.objects.get(subject=visit.subject).method == "self_pay"
        assert not Coverage.objects.exists()

    def test_consent_is_kept_in_the_words_that_were_shown(self, walk):
        visit = walk.book()
        consent = ConsentRecord.objects.get(patient=visit.patient, topic="texts")
        assert consent.granted and consent.source == "booking"
        assert "STOP" in consent.wording and consent.wording_version

    def test_no_tick_no_consent(self, walk):
        visit = walk.book(texts="")
        assert not ConsentRecord.objects.filter(patient=visit.patient, topic="texts").exists()

    def test_nobody_books_without_agreeing_to_be_seen_at_a_distance(self, walk):
        walk.until_check()
        page = page_of(walk.post("check"))
        assert "There is a problem" in page and "call us for a visit in person" in page
        assert not Appointment.objects.exists()
        assert not ConsentRecord.objects.filter(topic="telehealth").exists()

    def test_what_was_agreed_to_is_kept_with_words_version_and_time(self, walk):
        visit = walk.book()
        consent = ConsentRecord.objects.get(patient=visit.patient, topic="telehealth")
        assert consent.granted and consent.source == "booking" and consent.recorded_at == visit.booked_at
        assert consent.wording == str(TELEHEALTH_CONSENT) and consent.wording_version == CONSENT_VERSION

    @pytest.mark.parametrize(
        ("price", "words"), [("1085.5", "$1,085.50"), (None, "The clinic tells you the price before the visit.")]
    )
    def test_the_price_stands_beside_the_choice_and_on_the_check_page(self, walk, scene, price, words):
        scene.visit_type.self_pay_price = price and Decimal(price)
        scene.visit_type.save()
        walk.until_payment()
        assert words in page_of(walk.get("payment"))
        walk.post("payment", payment="self_pay")
        assert words in page_of(walk.get("check"))

    def test_the_insured_see_no_price(self, walk, scene):
        scene.visit_type.self_pay_price = Decimal(85)
        scene.visit_type.save()
        walk.until_check(insured=True)
        assert "$85" not in page_of(walk.get("check"))

    def test_the_trail_names_every_write(self, walk):
        visit = walk.book(insured=True)
        actions = set(AuditEvent.objects.values_list("action", flat=True))
        assert actions >= {
            "patients.patient_created", "patients.consent_recorded", "insurance.coverage_added",
            "insurance.visit_payment_set", "messaging.planned",
        }  # fmt: skip
        booked = AuditEvent.objects.get(subject=visit.subject, action__startswith="scheduling.")
        assert booked.patient_id == visit.patient.public_id and booked.role == "patient"

    def test_the_confirmation_says_when_and_what_next(self, walk):
        walk.book()
        page = page_of(walk.get("done"))
        assert "Your visit is booked" in page and "What to do next" in page
        assert "García" not in page and "rash" not in page

    def test_the_confirmation_says_with_whom_and_how(self, walk, scene):
        walk.book()
        page = page_of(walk.get("done"))
        assert f"With {scene.provider}." in page and "By video. We send you the link" in page

    @pytest.mark.parametrize("insured", [True, False])
    def test_the_insured_are_led_to_the_photo_of_their_card(self, walk, insured):
        visit = walk.book(insured=insured)
        assert (walk.url("card") in page_of(walk.get("done"))) is insured
        door = walk.post("card")
        assert re.fullmatch(r"/m/[^/]+/card/", door.url)
        assert "Photo of your insurance card" in page_of(walk.client.get(door.url))
        assert Client().post(walk.url("card")).status_code == 404
        assert AccessLink.objects.filter(subject=visit.subject, expires_at__lt=timezone.now() + timedelta(hours=3))

    def test_the_session_holds_nothing_readable(self, walk):
        walk.until_check(insured=True)
        stored = str([session.get_decoded() for session in Session.objects.all()])
        assert not re.search(r"Garc|5550123|rash|XYZ12345|1984", stored)


class TestOnce:
    def test_a_second_click_is_the_same_visit(self, walk):
        visit = walk.book()
        again = walk.post("check", AGREED)
        assert again.status_code == 302 and again.url == walk.url("done")
        assert Appointment.objects.get() == visit

    def test_the_same_request_sent_twice_at_once_is_one_visit(self, walk, client):
        """The second one still carries the draft as it was before the first was answered."""
        walk.until_check()
        session = client.session
        before = dict(session.items())
        walk.post("check", AGREED)
        session = client.session
        session.update(before)
        session.save()
        again = walk.post("check", AGREED)
        assert again.status_code == 302 and again.url == walk.url("done")
        assert Appointment.objects.count() == 1 and Patient.objects.count() == 2  # the scene's own, and Ana
        assert Message.objects.filter(template_key="visit_booked", channel="sms").count() == 1

    def test_going_back_after_booking_begins_anew(self, walk):
        walk.book()
        assert walk.get("time").url == walk.url("done")
        assert 'name="reason"' in page_of(walk.get("reason"))
        assert walk.reason().url == walk.url("where")


class TestKnownPeople:
    def test_a_known_patient_is_reused_and_nothing_tells(self, walk, scene):
        known = PatientFactory(
            clinics=[scene.clinic], first_name="Ana", last_name="García", birth_date="1984-05-17",
            mobile="+12025550123", pronouns="she/her",
        )  # fmt: skip
        visit = walk.book()
        assert visit.patient == known
        known.refresh_from_db()
        assert known.pronouns == "she/her"
        assert Patient.objects.filter(last_name="García").count() == 1

    def test_the_pages_are_the_same_for_known_and_unknown(self, scene):
        PatientFactory(
            clinics=[scene.clinic], first_name="Ana", last_name="García", birth_date="1984-05-17", mobile="+12025550123"
        )
        pages = []
        for number in ("(202) 555-0123", "(202) 555-0124"):
            walk = Walk(Client(), scene)
            walk.until_details()
            walk.details(mobile=number)
            answer = walk.post("code", code=walk.texted_code())
            walk.post("payment", payment="self_pay")
            words = re.sub(r"<[^>]*>|\d", "", page_of(walk.get("check")))
            Hold.objects.all().delete()
            pages.append((answer.status_code, answer.url, words))
        assert pages[0] == pages[1]

    @pytest.mark.parametrize("changed", [{"first_name": "Eva"}, {"birth_date_day": "18"}, {"mobile": "202-555-0124"}])
    def test_whoever_differs_in_one_thing_gets_a_record_of_their_own(self, walk, scene, changed):
        known = PatientFactory(
            clinics=[scene.clinic], first_name="Ana", last_name="García", birth_date="1984-05-17", mobile="+12025550123"
        )
        assert walk.book(**changed).patient != known

    def test_a_slip_mended_on_the_check_page_mends_the_record(self, walk):
        walk.until_check(first_name="Anna")
        walk.details()
        visit_patient = walk.book_now().patient
        assert visit_patient.first_name == "Ana" and Patient.objects.filter(last_name="García").count() == 1


class TestStops:
    def test_a_red_flag_leads_to_help_and_no_further(self, walk, scene):
        assert walk.reason("I have chest pain").url == walk.url("urgent")
        page = page_of(walk.get("urgent"))
        assert 'href="tel:911"' in page and f'href="tel:{scene.clinic.phone}"' in page and "988" not in page
        assert walk.get("where").url == walk.url("reason")

    @pytest.mark.parametrize("text", ["I have chest pain", "so " * 250 + "and chest pain"])
    def test_an_emergency_comes_first_whatever_else_is_missing(self, walk, text):
        assert walk.post("reason", reason=text).url == walk.url("urgent")
        assert "chest pain" in page_of(walk.get("urgent"))
        assert "Choose a kind of visit." in page_of(walk.post("reason", reason="A rash"))

    def test_a_crisis_names_988(self, walk):
        walk.reason("I want to die")
        assert 'href="tel:988"' in page_of(walk.get("urgent"))

    def test_another_reason_leads_on(self, walk):
        walk.reason("chest pain")
        assert walk.reason("A rash").url == walk.url("where")

    def test_nobody_jumps_ahead(self, walk):
        for name in ("where", "time", "details", "code", "payment", "insurance", "check"):
            assert walk.get(name).url == walk.url("reason")
            assert walk.post(name).url == walk.url("reason")
        walk.until_details()
        assert walk.post("check", AGREED).url == walk.url("details")
        assert not Appointment.objects.exists()

    def test_a_clinic_that_is_closed_down_is_not_found(self, walk, scene):
        scene.clinic.is_active = False
        scene.clinic.save()
        assert walk.get("reason").status_code == 404


class TestWhere:
    def test_a_state_with_two_zones_asks_which(self, walk, scene):
        License.objects.create(
            provider=scene.provider, state="TX", number="T1", valid_from="2020-01-01", valid_until="2039-12-31"
        )
        walk.reason()
        assert walk.post("where", state="TX").url == walk.url("zone")
        assert "Central Time" in page_of(walk.get("zone")) and "Mountain Time" in page_of(walk.get("zone"))
        assert walk.post("zone", zone="America/Denver").url == walk.url("time")
        assert "Mountain Time" in page_of(walk.get("time"))

    def test_only_providers_licensed_there_are_offered(self, walk):
        walk.reason()
        walk.post("where", state="CA")
        page = page_of(walk.get("time"))
        assert "No free times" in page and 'name="slot"' not in page

    def test_another_state_gives_the_time_back(self, walk):
        walk.until_details()
        walk.post("where", state="NJ")
        assert not Hold.objects.exists() and walk.get("details").url == walk.url("time")


class TestTimes:
    def test_choosing_keeps_the_time_for_ten_minutes(self, walk):
        walk.until_time()
        slot = walk.offered()[0]
        assert walk.choose(slot).url == walk.url("details")
        hold = Hold.objects.get()
        assert hold.starts_at == walk.start_of(slot)
        left = hold.expires_at - timezone.now()
        assert timedelta(minutes=9, seconds=50) < left <= timedelta(minutes=10)
        assert "data-countdown" in page_of(walk.get("details"))

    def test_another_choice_gives_the_first_one_back(self, walk):
        walk.until_time()
        first, second = walk.offered()[:2]
        walk.choose(first)
        walk.choose(second)
        assert BookingResource.objects.get().hold.starts_at == walk.start_of(second)

    def test_more_time_on_request(self, walk):
        walk.until_details()
        Hold.objects.update(expires_at=timezone.now() + timedelta(seconds=20))
        BookingResource.objects.update(expires_at=timezone.now() + timedelta(seconds=20))
        assert walk.post("keep").url == walk.url("details")
        assert Hold.objects.get().expires_at > timezone.now() + timedelta(minutes=9)

    def test_a_time_that_somebody_took_offers_the_nearest_three_and_keeps_the_answers(self, walk, scene):
        walk.until_time()
        slot = walk.offered()[1]
        scene.hold(walk.start_of(slot), now=timezone.now())
        page = page_of(walk.client.get(walk.choose(slot).url))
        assert "has just been taken" in page
        nearest = re.findall(r'name="slot" value="([^"]+)" id="slot-slot-', page)
        assert len(nearest) == 3 and slot not in nearest
        assert walk.choose(nearest[0]).url == walk.url("details")

    @pytest.mark.parametrize("asked", [False, True])
    def test_who_asked_for_nobody_is_offered_the_same_time_with_another(self, walk, scene, asked):
        other = ProviderFactory(clinics=[scene.clinic], time_zone=scene.clinic.time_zone)
        open_hours(scene.clinic, other)
        scene.visit_type.providers.add(other)
        walk.until_time()
        slot = walk.offered()[1]
        lost = next(one for one in Provider.objects.all() if one.public_id in slot)
        scene.hold(walk.start_of(slot), now=timezone.now(), provider=lost)
        query = f"?provider={lost.public_id}" if asked else ""
        page = page_of(walk.client.post(walk.url("time") + query, {"slot": slot}, follow=True))
        nearest = re.findall(r'name="slot" value="([^"]+)" id="slot-slot-', page)
        assert (walk.start_of(slot) in map(walk.start_of, nearest)) is not asked
        assert all(lost.public_id in one for one in nearest) is asked

    def test_who_asked_for_somebody_keeps_to_them_until_the_end(self, walk, scene):
        walk.until_time()
        slot = walk.offered()[0]
        page = page_of(walk.get("time", provider=scene.provider.public_id))
        action = f"{walk.url('time')}?provider={scene.provider.public_id}"
        assert f'action="{action}"' in page
        assert walk.client.post(action, {"slot": slot}).status_code == 302

    def test_an_expired_hold_is_no_obstacle_while_the_time_is_free(self, walk):
        walk.until_check()
        Hold.objects.all().delete()
        assert walk.post("check", AGREED).url == walk.url("done")

    def test_an_expired_hold_whose_time_is_gone_keeps_every_other_answer(self, walk, scene):
        walk.until_check(insured=True)
        hold = Hold.objects.get()
        scheduling.release_hold(hold=hold)
        scene.book(hold.starts_at, now=timezone.now())
        before = Message.objects.count(), AuditEvent.objects.count()
        response = walk.post("check", AGREED)
        assert "has just been taken" in page_of(walk.client.get(response.url))
        assert (Message.objects.count(), AuditEvent.objects.count()) == before
        assert Appointment.objects.count() == 1
        assert walk.choose().url == walk.url("check")
        assert walk.post("check", AGREED).url == walk.url("done")

    @pytest.mark.parametrize(
        "slot",
        [
            "",
            "nonsense",
            "x@2026-13-40",
            "{provider}@2026-11-24T15:00:00",
            "@",
            "{provider}@0001-01-01T00:00:00+14:00",
            "{provider}@9999-12-31T23:00:00Z",
        ],
    )
    def test_what_was_never_offered_is_refused(self, walk, scene, slot):
        walk.until_time()
        response = walk.post("time", slot=slot.format(provider=scene.provider.public_id))
        assert response.status_code == 200 and "There is a problem" in page_of(response)
        assert not Hold.objects.exists()

    def test_a_time_outside_the_hours_is_refused(self, walk, scene):
        walk.until_time()
        night = walk.start_of(walk.offered()[0]).replace(hour=5)
        assert "?lost=" in walk.choose(slot_value(scene.provider.public_id, night)).url
        assert not Hold.objects.exists()

    def test_a_day_and_a_part_of_it(self, walk):
        walk.until_time()
        day = (timezone.now() + timedelta(days=3)).date().isoformat()
        page = page_of(walk.get("time", day=day, part="afternoon"))
        offered = re.findall(r">(\d+:\d+) ([AP]M)", page)
        assert offered and all(half == "PM" for _clock, half in offered)

    @pytest.mark.parametrize(
        "query",
        [
            {"day": "x"},
            {"week": "9999-12-31"},
            {"day": "0001-01-01", "part": "y"},
            {"lost": "9999-12-31T23:59:59Z"},
            {"lost": "z"},
        ],
    )
    def test_an_address_with_nonsense_shows_a_page(self, walk, query):
        walk.until_time()
        assert walk.get("time", **query).status_code == 200


class TestErrors:
    def test_each_field_has_its_words_and_the_title_says_so(self, walk):
        walk.until_details()
        page = page_of(walk.post("details", language="en"))
        assert "<title>Error:" in page and "There is a problem" in page
        for words in ("Enter your first name.", "Enter the date of birth.", "Enter your mobile phone number."):
            assert page.count(words) == 2, words
        assert not PhoneChallenge.objects.exists()

    def test_what_was_typed_stays(self, walk):
        walk.until_details()
        page = page_of(walk.details(mobile="12"))
        assert 'value="García"' in page and 'value="1984"' in page

    def test_somebody_without_texts_needs_an_address(self, walk):
        walk.until_details()
        assert "or agree to text messages" in page_of(walk.details(texts="", email=""))

    def test_a_plan_in_anothers_name_needs_that_name(self, walk):
        walk.until_payment()
        walk.post("payment", payment="coverage")
        page = page_of(walk.post("insurance", payer_name="Acme", member_id="X123", relationship="child"))
        assert "Enter the name of the person the plan belongs to." in page
        assert not Coverage.objects.exists()


class TestTheCode:
    def test_a_wrong_code_is_told_and_proves_nothing(self, walk):
        walk.until_details()
        walk.details()
        wrong = f"{(int(walk.texted_code()) + 1) % 1_000_000:06}"
        assert "not right" in page_of(walk.post("code", code=wrong))
        assert not Patient.objects.filter(last_name="García").exists()
        assert walk.get("payment").url == walk.url("code")

    def test_the_text_names_the_clinic_and_nothing_else(self, walk, scene):
        walk.until_details()
        walk.details()
        message = Message.objects.get(template_key="phone_code")
        assert message.to == "+12025550123" and message.patient is None
        assert scene.clinic.message_name in message.body and "García" not in message.body

    def test_sending_the_details_twice_texts_once(self, walk):
        walk.until_details()
        walk.details()
        walk.details()
        assert Message.objects.filter(template_key="phone_code").count() == 1

    def test_a_number_gets_three_codes_an_hour(self, walk):
        walk.until_details()
        walk.details()
        for _more in range(4):
            walk.post("code_again")
        assert Message.objects.filter(template_key="phone_code").count() == 3
        assert "several codes" in page_of(walk.get("code"))

    def test_an_older_code_no_longer_works(self, walk):
        walk.until_details()
        walk.details()
        first = walk.texted_code()
        walk.post("code_again")
        if first != walk.texted_code():
            assert "not right" in page_of(walk.post("code", code=first))
        assert walk.post("code", code=walk.texted_code()).url == walk.url("payment")


class TestSpanish:
    @pytest.fixture(autouse=True)
    def spanish(self, client):
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "es"

    def test_the_page_says_so(self, walk):
        assert '<html lang="es"' in page_of(walk.get("reason"))

    def test_the_visit_type_speaks_spanish(self, walk, scene):
        scene.visit_type.name_es = "Consulta breve"
        scene.visit_type.save()
        assert "Consulta breve" in page_of(walk.get("reason"))

    def test_red_flags_too(self, walk):
        assert walk.reason("Me duele el pecho").url == walk.url("urgent")

    def test_messages_follow_the_language_chosen(self, walk):
        visit = walk.book(language="es")
        assert visit.patient.language == "es"
        assert {message.language for message in Message.objects.filter(patient=visit.patient)} == {"es"}


class TestDoors:
    def test_one_clinic_goes_straight_in_and_several_are_listed(self, client, scene):
        assert client.get("/book/").url == f"/book/{scene.clinic.slug}/"
        other = ClinicFactory()
        page = page_of(client.get("/book/"))
        assert scene.clinic.name in page and other.name in page

    def test_the_front_door(self, client, scene):
        page = page_of(client.get("/"))
        assert 'href="/book/"' in page and 'href="/accounts/login/"' in page and 'href="/my/sign-in/"' in page
        client.force_login(MembershipFactory(clinic=scene.clinic, role=Role.COORDINATOR).user)
        assert client.get("/").url == "/desk/"

    def test_too_many_from_one_address_are_asked_to_wait(self, walk, monkeypatch):
        monkeypatch.setattr("common.ratelimit.hit", lambda scope, *rest: scope != "portal.book")
        walk.until_check()
        response = walk.post("check", AGREED)
        assert response.status_code == 429 and response["Retry-After"]
        assert not Appointment.objects.exists()

    def test_pages_are_kept_out_of_caches(self, walk):
        walk.until_details()
        assert walk.get("details")["Cache-Control"] == "no-store"


def test_the_person_of_these_tests_is_invented():
    assert "555-01" in PERSON["mobile"] and PERSON["email"].endswith("example.com")


def test_a_month_is_no_verb():
    """ "May" as a label of ours would rename the month in every Spanish date."""
    with translation.override("es"):
        assert date_format(date(1984, 5, 17), r"j \d\e F") == "17 de mayo"
