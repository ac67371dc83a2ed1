"""A number that the desk enters gets the messages that are still to come."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coordination.actions import ask_to_confirm, keep_contact
from messaging import status
from messaging.actions import receive
from messaging.marks import Mark
from messaging.models import Message
from messaging.rewording import reword
from messaging.tests.factories import texting_patient
from scheduling import reminders
from scheduling.tests.factories import AppointmentFactory

pytestmark = pytest.mark.django_db
RIGHT = "+12025550188"
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(("preferred", "to"), [("on", {RIGHT}), ("", {"+12025550123"})])
def test_what_is_still_to_come_goes_to_the_preferred_number(desk, clinic, preferred, to):
    now = timezone.now()
    patient = texting_patient(clinic)
    reminders.install_default_steps(clinic)
    visit = AppointmentFactory(clinic=clinic, patient=patient, starts_at=now + timedelta(days=5), booked_at=now)
    reminders.plan(appointment=visit, now=now)
    form = {"kind": "mobile", "value": "202 555 0188", "is_primary": preferred}
    desk.post(f"/patients/{patient.public_id}/contacts/add/", form)
    planned = Message.objects.filter(status="planned", channel="sms")
    assert planned.count() == 4 and {message.to for message in planned} == to


def reminded(clinic, now, **fields):
    patient = texting_patient(clinic, **fields)
    reminders.install_default_steps(clinic)
    visit = AppointmentFactory(clinic=clinic, patient=patient, starts_at=now + timedelta(days=5), booked_at=now)
    reminders.plan(appointment=visit, now=now)
    return patient


def test_a_number_proven_while_booking_gets_what_is_still_to_come(clinic):
    """The portal's door: somebody books a second visit and proves the number that was not preferred."""
    now = timezone.now()
    patient = reminded(clinic, now)
    keep_contact(
        patient=patient, kind="mobile", value=RIGHT, primary=True, verified=True, clinic=clinic, by=None, now=now
    )
    planned = Message.objects.filter(status="planned", channel="sms")
    assert planned.count() == 4 and {message.to for message in planned} == {RIGHT}
    assert patient.contact_points.get(is_primary=True).verified_at == now


def test_the_same_number_again_changes_nothing(clinic):
    now = timezone.now()
    patient = reminded(clinic, now)
    before = list(Message.objects.order_by("pk").values_list("pk", "status"))
    keep_contact(patient=patient, kind="mobile", value="+12025550123", primary=True, clinic=clinic, by=None, now=now)
    assert list(Message.objects.order_by("pk").values_list("pk", "status")) == before


def night_of(clinic, now):
    """The 24-hour reminder fell due in quiet hours and waits for the morning."""
    reminded(clinic, now)
    late = Message.objects.get(template_key="reminder_24h")
    Message.objects.filter(pk=late.pk).update(due_at=now - timedelta(minutes=30), next_attempt_at=now + 10 * HOUR)
    return late


def test_what_waits_for_the_morning_goes_to_the_number_of_today(clinic):
    now = timezone.now()
    late = night_of(clinic, now)
    keep_contact(patient=late.patient, kind="mobile", value=RIGHT, primary=True, clinic=clinic, by=None, now=now)
    late.refresh_from_db()
    assert late.status == "cancelled"
    [fresh] = Message.objects.filter(template_key="reminder_24h", status="planned")
    assert (fresh.to, fresh.due_at) == (RIGHT, now - timedelta(minutes=30))
    assert fresh.body.partition("/m/")[2] != late.body.partition("/m/")[2], "with a link of its own"


def test_it_goes_as_well_when_the_number_was_called_wrong_before(clinic):
    now = timezone.now()
    late = night_of(clinic, now)
    receive(clinic=clinic, from_number=late.to, body="wrong number", provider_sid="SM1", now=now)
    for number in (RIGHT, "+12025550177"):
        keep_contact(patient=late.patient, kind="mobile", value=number, primary=True, clinic=clinic, by=None, now=now)
        [fresh] = Message.objects.filter(template_key="reminder_24h", status="planned")
        assert fresh.to == number


def test_a_second_try_goes_to_the_right_number(clinic):
    now = timezone.now()
    patient = reminded(clinic, now)
    first = Message.objects.get(template_key="reminder_24h")
    Message.objects.filter(pk=first.pk).update(due_at=now, status="sending", status_rank=20)
    status.note(first.pk, Mark("undelivered", "30003"), at=now)
    again = Message.objects.filter(dedupe_key=f"second:{first.public_id}")
    second = again.get()
    later = now + timedelta(minutes=20)
    for number in (RIGHT, "+12025550177"):
        keep_contact(patient=patient, kind="mobile", value=number, primary=True, clinic=clinic, by=None, now=later)
        fresh = again.get()
        assert (fresh.to, fresh.due_at, fresh.status) == (number, second.due_at, "planned")
    assert Message.objects.filter(template_key="reminder_24h", status="planned").count() == 1


def test_what_a_colleague_asked_at_night_goes_to_the_number_of_today(clinic):
    now = timezone.now()
    patient = reminded(clinic, now)
    asked = ask_to_confirm(appointment=patient.appointments.get(), by=None, now=now)
    Message.objects.filter(pk=asked.pk).update(status="planned", next_attempt_at=now + HOUR)
    keep_contact(patient=patient, kind="mobile", value=RIGHT, primary=True, clinic=clinic, by=None, now=now)
    assert Message.objects.get(dedupe_key=asked.dedupe_key).to == RIGHT


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"language": "es"}, "confirmar"), ({"state": "CA"}, "PST"), ({"last_name": "Moreno"}, "EST")],
)
def test_language_and_zone_of_today_are_in_what_is_still_to_come(desk, clinic, changes, word):
    now = timezone.now()
    patient = reminded(clinic, now, state="NY", time_zone="America/New_York")
    born = {f"birth_date_{part}": getattr(patient.birth_date, part) for part in ("month", "day", "year")}
    said = {name: getattr(patient, name) for name in ("first_name", "last_name", "sex", "state", "language")}
    assert desk.post(f"/patients/{patient.public_id}/edit/", said | born | changes).status_code == 302
    [message] = Message.objects.filter(template_key="reminder_24h", status="planned")
    assert word in message.body and message.language == changes.get("language", "en")


def test_the_date_is_in_the_language_of_its_message(clinic):
    """Reworded before anybody renewed it, a message stays one language."""
    now = timezone.now()
    patient = reminded(clinic, now)
    english = Message.objects.get(template_key="reminder_24h").body.partition("/m/")[0]
    type(patient).objects.filter(pk=patient.pk).update(language="es")
    reword(organization_id=clinic.organization_id, template_key="reminder_24h", now=now)
    assert Message.objects.get(template_key="reminder_24h").body.startswith(english)


def test_start_after_stop_brings_back_what_was_to_come(clinic):
    now = timezone.now()
    reminded(clinic, now)
    waiting = Message.objects.filter(status="planned", channel="sms", purpose__in=["reminder", "follow_up"])
    for number, (word, left) in enumerate([("STOP", 0), ("START", 4), ("START", 4)]):
        receive(clinic=clinic, from_number="+12025550123", body=word, provider_sid=f"SM{number}", now=now)
        assert waiting.count() == left
