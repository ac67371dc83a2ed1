import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import UserFactory
from clinics.tests.factories import MembershipFactory
from compliance.models import AuditEvent
from messaging.models import Message
from patients import links
from patients.models import AccessLink, Patient
from patients.periodic import forget_unproved
from patients.tests.factories import PatientFactory
from portal.tasks import tell_of_attempt

pytestmark = pytest.mark.django_db
PASSWORD = "quiet river under stones"
FORM = {
    "birth_date_month": "5", "birth_date_day": "17", "birth_date_year": "1984",
    "email": "Ana@Example.com", "password": PASSWORD,
}  # fmt: skip


@pytest.fixture
def visit(scene):
    start = (timezone.now() + timedelta(days=2)).replace(hour=15, minute=0, second=0, microsecond=0)
    return scene.book(start, now=timezone.now())


@pytest.fixture
def url(visit):
    token = links.issue(
        patient=visit.patient,
        clinic=visit.clinic,
        purpose=AccessLink.Purpose.MANAGE_VISIT,
        subject=visit.subject,
        expires_at=timezone.now() + timedelta(days=3),
    )
    return f"/m/{token}/account/"


CODE_PAGE = "/accounts/confirm-email/"


def emailed_code(address: str = "ana@example.com") -> str:
    message = Message.objects.filter(channel="email", template_key="phone_code").order_by("-pk").first()
    assert message.to == address
    return re.search(r"\b\d{6}\b", message.body)[0]


def test_an_account_opens_with_the_emailed_code_and_shows_the_visit(client, url, visit):
    assert client.post(url, FORM).url == CODE_PAGE
    page = client.get(CODE_PAGE).content.decode()
    assert "ana@example.com" in page and "patient-head" in page and "coordinator@example.com" not in page
    assert client.get("/my/").status_code == 302
    assert client.post(CODE_PAGE, {"code": emailed_code()}).url == "/my/"
    assert visit.public_id in client.get("/my/").content.decode()
    assert not mail.outbox


def test_the_password_alone_opens_nothing(client, url, visit):
    client.post(url, FORM)
    other = Client()
    other.post("/my/sign-in/", {"login": "ana@example.com", "password": PASSWORD})
    assert "_auth_user_id" not in other.session and other.get("/my/").status_code == 302


def test_a_wrong_code_opens_nothing_and_three_end_it(client, url, visit):
    client.post(url, FORM)
    wrong = "000000" if emailed_code() != "000000" else "111111"
    for _try in range(3):
        client.post(CODE_PAGE, {"code": wrong})
    client.post(CODE_PAGE, {"code": emailed_code()})
    assert "_auth_user_id" not in client.session
    assert not EmailAddress.objects.filter(verified=True).exists()


def test_an_unproved_address_resets_no_password(client, url, visit):
    client.post(url, FORM)
    client.post("/accounts/password/reset/", {"email": "ana@example.com"})
    assert not mail.outbox
    client.post(CODE_PAGE, {"code": emailed_code()})
    client.logout()
    client.post("/accounts/password/reset/", {"email": "ana@example.com"})
    assert [message.to for message in mail.outbox] == [["ana@example.com"]]


def test_a_mistyped_address_is_replaced_and_its_code_is_no_longer_good(client, url, visit):
    client.post(url, FORM | {"email": "anna@example.com"})
    stale = emailed_code("anna@example.com")
    again = Client()
    again.post(url, FORM)
    answer = client.post(CODE_PAGE, {"code": stale})
    assert answer.status_code == 200 and "no longer good" in answer.content.decode()
    assert again.post(CODE_PAGE, {"code": emailed_code()}).url == "/my/"
    assert Patient.objects.get(pk=visit.patient.pk).user.email == "ana@example.com"


def test_after_a_day_an_unproved_address_is_free_again(client, url, visit):
    client.post(url, FORM)
    assert forget_unproved() == 0, "the code may still come"
    User.objects.filter(email="ana@example.com").update(date_joined=timezone.now() - timedelta(hours=25))
    assert forget_unproved() == 1
    assert not User.objects.filter(email="ana@example.com").exists()
    assert Patient.objects.get(pk=visit.patient.pk).user is None


def test_proved_accounts_and_colleagues_stay(client, url, visit):
    client.post(url, FORM)
    client.post(CODE_PAGE, {"code": emailed_code()})
    colleague = MembershipFactory(clinic=visit.clinic).user
    EmailAddress.objects.create(user=colleague, email=colleague.email, verified=False)
    User.objects.update(date_joined=timezone.now() - timedelta(days=9))
    before = User.objects.count()
    assert forget_unproved() == 0 and User.objects.count() == before


def test_an_open_account_is_not_replaced(client, url, visit):
    client.post(url, FORM)
    client.post(CODE_PAGE, {"code": emailed_code()})
    assert Client().post(url, FORM | {"email": "eve@example.com"}).url == "/my/sign-in/"
    assert Patient.objects.get(pk=visit.patient.pk).user.email == "ana@example.com"


def test_sign_in_and_find_the_visit(client, url, visit):
    client.post(url, FORM)
    client.post(CODE_PAGE, {"code": emailed_code()})
    client.logout()
    patient = Patient.objects.get(pk=visit.patient.pk)
    assert patient.user.email == "ana@example.com"
    assert AuditEvent.objects.filter(action="patients.account_opened", patient_id=patient.public_id).count() == 1
    client.post("/my/sign-in/", {"login": "ana@example.com", "password": PASSWORD})
    assert client.get("/").url == "/my/"
    page = client.get("/my/").content.decode()
    assert visit.clinic.name in page and visit.public_id in page
    door = client.post(f"/my/visits/{visit.public_id}/")
    assert door.url.startswith("/m/") and client.get(door.url).status_code == 200


def test_another_birth_date_opens_nothing_and_five_tries_are_all(client, url, visit):
    for _try in range(5):
        page = client.post(url, FORM | {"birth_date_day": "18"}).content.decode()
        assert "does not match" in page
    page = client.post(url, FORM).content.decode()
    assert "one try too many" in page
    assert Patient.objects.get(pk=visit.patient.pk).user is None


def test_an_address_in_use_looks_the_same_and_only_its_owner_is_told(client, url, visit, monkeypatch):
    owner = UserFactory(email="ana@example.com")
    asked = []
    monkeypatch.setattr("portal.adapters.enqueue", lambda task, **ids: asked.append((task.name, ids)))
    assert client.post(url, FORM).url == CODE_PAGE
    page = client.get(CODE_PAGE).content.decode()
    assert "ana@example.com" in page and "patient-head" in page
    assert "This code is not right." in client.post(CODE_PAGE, {"code": "123456"}).content.decode()
    assert Patient.objects.get(pk=visit.patient.pk).user is None
    assert not Message.objects.filter(template_key="phone_code").exists()
    assert asked == [("portal.tasks.tell_of_attempt", {"user_id": owner.pk})]


def test_the_owner_is_told_in_their_language_and_nothing_about_anybody(client, db):
    patient = PatientFactory(language="es", user=UserFactory(email="ana@example.com"))
    tell_of_attempt(user_id=patient.user_id)
    [message] = mail.outbox
    assert message.to == ["ana@example.com"] and "Alguien" in message.subject
    assert patient.last_name not in message.body


def test_an_unproved_sign_in_does_not_keep_the_owner_out(client, url, visit, scene):
    squatter = PatientFactory(clinics=[scene.clinic], user=UserFactory(email="ana@example.com"))
    EmailAddress.objects.create(user=squatter.user, email="ana@example.com", primary=True, verified=False)
    client.post(url, FORM)
    assert client.post(CODE_PAGE, {"code": emailed_code()}).url == "/my/"
    assert Patient.objects.get(pk=squatter.pk).user is None


@pytest.mark.parametrize("standing", [True, False])
def test_an_address_gets_five_codes_an_hour(client, url, visit, standing, settings):
    settings.ACCOUNT_RATE_LIMITS = {"confirm_email": settings.ACCOUNT_RATE_LIMITS["confirm_email"].split(",")[1]}
    if standing:
        UserFactory(email="ana@example.com")
    assert client.post(url, FORM).url == CODE_PAGE
    for _again in range(3):
        assert client.post(CODE_PAGE, {"action": "resend"}).status_code == 302
    assert Client().post(url, FORM).status_code == 302
    refused = Client().post(url, FORM | {"birth_date_day": "17"})
    assert refused.status_code == 429 and "Too many tries" in refused.content.decode()


@pytest.mark.parametrize("password", ["short", "123456789012"])
def test_a_weak_password_is_refused(client, url, password):
    assert "There is a problem" in client.post(url, FORM | {"password": password}).content.decode()


def test_only_own_visits_open(client, scene, visit):
    user = UserFactory()
    PatientFactory(clinics=[scene.clinic], user=user)
    client.force_login(user)
    assert client.post(f"/my/visits/{visit.public_id}/").status_code == 404


def test_staff_have_no_visits_page_and_patients_no_desk(client, scene):
    staff = MembershipFactory(clinic=scene.clinic).user
    client.force_login(staff)
    assert client.get("/my/").status_code == 404
    user = UserFactory()
    PatientFactory(clinics=[scene.clinic], user=user)
    client.force_login(user)
    assert client.get("/my/").status_code == 200 and client.get("/desk/").status_code == 403


def test_what_does_not_match_is_said_beside_the_password(client, db):
    page = client.post("/my/sign-in/", {"login": "nobody@example.com", "password": "wrong"}).content.decode()
    assert page.count("This e-mail or password does not match. Try again, or get a new password.") >= 1
    assert 'id="id_password_error' in page or 'aria-invalid="true"' in page.split('name="password"')[1].split(">")[0]
    assert "E-mail address" in page and "Email" not in page


def test_a_wrong_emailed_code_is_told_in_plain_words(client, url, visit):
    client.post(url, FORM)
    wrong = "000000" if emailed_code() != "000000" else "111111"
    assert "This code is not right. Check the e-mail" in client.post(CODE_PAGE, {"code": wrong}).content.decode()


def test_nothing_is_announced_that_the_page_shows(client, url, visit):
    client.post(url, FORM)
    assert "Confirmation e" not in client.get(CODE_PAGE).content.decode()
    client.post(CODE_PAGE, {"code": emailed_code()})
    page = client.get("/my/").content.decode()
    assert "signed in as" not in page and "Your e-mail address is confirmed." in page


def test_the_forgotten_password_asks_for_the_e_mail_address(client, db):
    page = client.get("/accounts/password/reset/").content.decode()
    assert "E-mail address" in page and ">Email" not in page
