"""Signing in and out, the second factor, invitations, and what is written down about them."""

import base64
import re
import time

import pytest
import redis
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from accounts import actions, invitation_mail
from accounts.tests.factories import PASSWORD, UserFactory
from clinics.tests.factories import MembershipFactory
from common.cache import outage
from compliance.models import AuditEvent

pytestmark = pytest.mark.django_db

SIGN_IN = "/accounts/login/"


@pytest.fixture
def user():
    return UserFactory()


def sign_in(client, user, password=PASSWORD):
    return client.post(SIGN_IN, {"login": user.email, "password": password})


def actions_recorded():
    return list(AuditEvent.objects.order_by("id").values_list("action", "outcome"))


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_signing_in_is_recorded(client, user):
    response = sign_in(client, user)
    assert response.status_code == 302
    assert actions_recorded() == [("accounts.signed_in", "ok")]


def test_wrong_password_is_refused_and_recorded_without_what_was_typed(client, user):
    response = sign_in(client, user, "a wrong guess")
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session
    assert actions_recorded() == [("accounts.sign_in_failed", "failed")]
    assert user.email not in str(AuditEvent.objects.values())


def test_sixth_wrong_password_for_an_account_stops_even_the_right_one(client, user):
    for _ in range(5):
        sign_in(client, user, "a wrong guess")
    sign_in(client, user)
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(client):
    response = client.post("/accounts/signup/", {"email": "new@example.com", "password1": PASSWORD})
    assert b"By invitation" in response.content


def test_demo_sign_ins_are_listed_in_the_demo_only(client, settings):
    assert b"coordinator@example.com" in client.get(SIGN_IN).content
    settings.DEMO = False
    assert b"coordinator@example.com" not in client.get(SIGN_IN).content


def test_sign_in_page_says_why_a_session_ended_but_never_what_an_address_says(client):
    assert b"Nothing happened for 15 minutes" in client.get(SIGN_IN + "?ended=idle").content
    assert b"You were signed out" not in client.get(SIGN_IN + "?ended=<script>").content


def test_sixth_session_ends_the_oldest(client_factory, user):
    browsers = [client_factory() for _ in range(6)]
    for browser in browsers:
        sign_in(browser, user)
    assert UserSession.objects.filter(user=user).count() == settings.SESSION_MAX_CONCURRENT
    assert [browser.get("/session/").json()["signed_in"] for browser in browsers] == [False] + [True] * 5


@pytest.fixture
def client_factory():
    from django.test import Client

    return Client


@pytest.fixture
def redis_is_down(settings, monkeypatch):
    """A cache whose server refuses connections, as this process sees it after a restart of Redis that failed."""
    from django.core.cache import caches

    down = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": down}
    with pytest.raises(redis.exceptions.ConnectionError):
        redis.Redis.from_url(down["LOCATION"]).ping()
    yield
    caches["default"].local.clear()
    outage._ask_again_at = 0.0


def test_signing_in_works_without_redis(client, user, redis_is_down):
    assert sign_in(client, user).status_code == 302
    assert client.get("/session/").json()["signed_in"]


def test_guesses_are_counted_without_redis(client, user, redis_is_down):
    for _ in range(5):
        sign_in(client, user, "a wrong guess")
    sign_in(client, user)
    assert "_auth_user_id" not in client.session


class TestSecondFactor:
    @pytest.fixture(autouse=True)
    def required(self, settings, user):
        settings.MFA_REQUIRED = True
        MembershipFactory(user=user)

    def test_account_without_a_role_needs_none(self, client, user):
        user.memberships.all().delete()
        sign_in(client, user)
        assert client.get("/me/").status_code == 200

    @pytest.mark.django_db(transaction=True)
    def test_user_without_one_is_sent_to_set_it_up_and_then_in(self, client, user):
        sign_in(client, user)
        response = client.get("/me/")
        assert response["Location"] == "/accounts/2fa/totp/activate/?next=%2Fme%2F"
        page = client.get("/accounts/2fa/totp/activate/")
        assert b"data:image/svg+xml" in page.content
        secret = page.context["form"].secret
        client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
        assert client.get("/me/").status_code == 200
        assert ("accounts.second_factor_added", "ok") in actions_recorded()

    def test_secret_is_sealed_in_the_database(self, user):
        TOTP.activate(user, "JBSWY3DPEHPK3PXP")
        stored = Authenticator.objects.get(user=user).data["secret"]
        assert "JBSWY3DPEHPK3PXP" not in stored
        assert get_adapter().decrypt(stored) == "JBSWY3DPEHPK3PXP"

    def test_rotating_keys_seals_secret_and_recovery_codes_again(self, settings, user, capsys):
        TOTP.activate(user, "JBSWY3DPEHPK3PXP")
        codes = RecoveryCodes.activate(user).generate_codes()
        new = "new:" + base64.b64encode(b"n" * 32).decode()
        settings.FIELD_KEYS = [new, *settings.FIELD_KEYS]
        call_command("rotate_field_keys", batch=1)
        assert "second factors: 2 values now under 'new', 0 left" in capsys.readouterr().out
        settings.FIELD_KEYS = [new]
        rows = {row.type: row for row in Authenticator.objects.filter(user=user)}
        assert get_adapter().decrypt(rows["totp"].data["secret"]) == "JBSWY3DPEHPK3PXP"
        assert RecoveryCodes(rows["recovery_codes"]).generate_codes() == codes

    def test_user_with_one_must_show_it_at_sign_in(self, client, user):
        TOTP.activate(user, "JBSWY3DPEHPK3PXP")
        response = sign_in(client, user)
        assert response["Location"] == "/accounts/2fa/authenticate/"
        assert client.get("/me/").status_code == 302
        client.post("/accounts/2fa/authenticate/", {"code": code_of("JBSWY3DPEHPK3PXP")})
        assert client.get("/me/").status_code == 200

    def test_session_from_elsewhere_without_the_second_step_must_show_it(self, client, user):
        TOTP.activate(user, "JBSWY3DPEHPK3PXP")
        client.force_login(user)
        assert client.get("/me/")["Location"].startswith("/accounts/2fa/reauthenticate/")

    def test_json_and_set_up_pages_are_closed_too(self, client, user):
        sign_in(client, user)
        assert client.get("/me/", HTTP_ACCEPT="application/json").status_code == 401
        assert client.get("/admin/").status_code == 302

    def test_password_reset_does_not_pass_it(self, client, user):
        TOTP.activate(user, "JBSWY3DPEHPK3PXP")
        client.post("/accounts/password/reset/", {"email": user.email})
        link = re.search(r"http\S+/accounts/password/reset/key/\S+", mail.outbox[0].body)[0]
        assert link.startswith(settings.PUBLIC_BASE_URL)
        form = client.get(link.removeprefix(settings.PUBLIC_BASE_URL), follow=True)
        new = "a completely new password"
        client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
        assert sign_in(client, user, new)["Location"] == "/accounts/2fa/authenticate/"


def test_reset_for_an_unknown_address_looks_the_same_and_sends_nothing(client):
    response = client.post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert response["Location"] == "/accounts/password/reset/done/"
    assert mail.outbox == []


class TestInvitation:
    @pytest.fixture
    def link(self, user):
        actions.invite(user=user, by=None)
        invitation_mail.send(user.pk)
        assert mail.outbox[0].to == [user.email]
        return re.search(r"http\S+/accounts/invitation/\S+", mail.outbox[0].body)[0].removeprefix(
            settings.PUBLIC_BASE_URL
        )

    def choose(self, client, link, password="three quiet green lamps"):  # noqa: S107
        return client.post(link, {"new_password1": password, "new_password2": password})

    def test_lets_choose_a_password_once(self, client, user, link):
        page = client.get(link)
        assert page.status_code == 200 and page["Referrer-Policy"] == "no-referrer"
        assert self.choose(client, link)["Location"] == "/accounts/login/"
        user.refresh_from_db()
        assert user.check_password("three quiet green lamps")
        assert client.get(link).status_code == 410
        assert self.choose(client, link, "another long password").status_code == 410

    def test_opening_the_link_changes_nothing(self, client, user, link):
        before = user.password
        client.get(link)
        client.get(link)
        user.refresh_from_db()
        assert user.password == before

    def test_ends_after_72_hours(self, client, link, monkeypatch):
        later = time.time() + 72 * 3600 + 1
        monkeypatch.setattr(time, "time", lambda: later)
        assert client.get(link).status_code == 410

    def test_ends_with_a_newer_one_and_with_the_user(self, client, user, link):
        actions.invite(user=user, by=None)
        assert client.get(link).status_code == 410
        actions.deactivate(user=user, by=None)
        assert client.get(link).status_code == 410

    def test_weak_password_is_refused(self, client, user, link):
        assert self.choose(client, link, "password1234").status_code == 200
        user.refresh_from_db()
        assert not user.has_usable_password()

    def test_forged_link_is_over(self, client):
        assert client.get("/accounts/invitation/nonsense/").status_code == 410


def test_deactivating_ends_every_session(client, user):
    sign_in(client, user)
    actions.deactivate(user=user, by=None)
    assert UserSession.objects.filter(user=user).count() == 0
    assert not client.get("/session/").json()["signed_in"]


def test_preferences_are_saved(client, user):
    client.force_login(user)
    response = client.post("/me/", {"name": "Kim Roe", "density": "compact", "language": "es"})
    assert response.status_code == 302 and response.cookies["django_language"].value == "es"
    user.refresh_from_db()
    assert (user.name, user.density, user.shortcuts_enabled) == ("Kim Roe", "compact", False)
    assert ("accounts.preferences_changed", "ok") in actions_recorded()


ACCOUNT_PAGES = [
    "account_login", "account_logout", "account_inactive", "account_signup", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key_done", "account_change_password",
    "account_email", "account_reauthenticate", "mfa_index", "mfa_activate_totp", "usersessions_list",
    "accounts:preferences",
]  # fmt: skip


@pytest.mark.parametrize("name", ACCOUNT_PAGES)
def test_account_pages_are_drawn_in_our_look(client, user, name):
    sign_in(client, user)
    response = client.get(reverse(name), follow=False)
    if name in {"account_login", "account_signup"}:
        client.logout()
        response = client.get(reverse(name))
    assert response.status_code == 200
    page = response.content.decode()
    assert "css/theme.css" in page and "placeholder=" not in page
    assert not re.search(r"\sstyle=|\son\w+=", page)
