"""Every address, as everyone, by every method: who gets in stands in matrix.txt, and nothing changes it unseen."""

from contextlib import contextmanager
from functools import partial

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.client import ClientHandler

import config.urls
from accounts.checks import routes
from tests.access import matrix
from tests.access.world import ANONYMOUS, METHODS, NO_ROLE, OTHER_CLINIC, ROLES, World, address, build_world

pytestmark = pytest.mark.slow


MAY_BE_503 = {"/readyz"}  # says what is down; in tests the workers are


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Built once, in a transaction that is rolled back in the end; each request then runs in one of its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        with plain_errors():
            yield build_world()
        transaction.set_rollback(True)


@contextmanager
def plain_errors():
    """Refusals without their pages: half of the ten thousand requests here are refused."""
    with pytest.MonkeyPatch.context() as patch:
        for status in (403, 404):
            answer = partial(_plain, status)
            patch.setattr(config.urls, f"handler{status}", answer, raising=False)
        yield


def _plain(status: int, request, exception=None) -> HttpResponse:
    return HttpResponse(status=status)


def ask(cookie: str, path: str, method: str) -> int:
    """The status, with whatever the request changed undone. Django's test client would copy every context."""
    request = RequestFactory(headers={"cookie": cookie}).generic(method, path)
    with transaction.atomic():
        status = ClientHandler(enforce_csrf_checks=False)(request.environ).status_code
        transaction.set_rollback(True)
    return status


def walk(world: World, role: str) -> matrix.Matrix:
    cookie = world.cookie(role)
    cache.clear()  # the limits on sign-in pages count addresses, and all of these come from one
    return {
        (f"/{route.pattern}", role): " ".join(str(ask(cookie, address(route, world), method)) for method in METHODS)
        for route in routes()
    }


@pytest.mark.parametrize("role", ROLES)
def test_who_gets_in(world, role, request):
    """One walk a role, so that the workers of the suite share the way."""
    answers = walk(world, role)
    if request.config.getoption("--update-matrix"):
        matrix.write(matrix.read() | answers, {f"/{route.pattern}": str(route.access) for route in routes()})
    standing = {key: statuses for key, statuses in matrix.read().items() if key[1] == role}
    changed = matrix.difference(standing, answers)
    assert not changed, "Access changed. Meant? pytest tests/access --update-matrix\n" + "\n".join(changed)
    assert _broken(answers) == []
    if role in RULES:
        RULES[role](answers)


def _broken(answers: matrix.Matrix) -> list:
    return [key for key, statuses in answers.items() if " 5" in f" {statuses}" and key[0] not in MAY_BE_503]


def _only_public_addresses_answer_strangers(answers: matrix.Matrix) -> None:
    closed = {f"/{route.pattern}" for route in routes() if not route.access.public_because}
    let_in = {statuses for (route, _role), statuses in answers.items() if route in closed}
    assert {status for statuses in let_in for status in statuses.split()} <= {"302", "405"}


def _permission_is_asked_for_everywhere(answers: matrix.Matrix) -> None:
    """Signed in without a role: every page that requires a permission refuses, or is none, whatever the method."""
    closed = {f"/{route.pattern}": "404" if route.access.hidden else "403" for route in routes() if route.access.any_of}
    for (route, _role), statuses in answers.items():
        if route in closed:
            assert statuses == " ".join([closed[route]] * len(METHODS)), route


def _rows_of_a_clinic_are_not_found_from_another(answers: matrix.Matrix) -> None:
    """A coordinator elsewhere has every permission, and still no address of ours leads to a row."""
    about_rows = {
        f"/{route.pattern}"
        for route in routes()
        if route.access.any_of and "public_id" in route.parameters and not route.pattern.startswith("admin/")
    }
    assert about_rows
    for (route, _role), statuses in answers.items():
        if route in about_rows:
            assert set(statuses.split()) <= {"404", "405", "403"}, route
            assert "404" in statuses or set(statuses.split()) <= {"403", "405"}, route


RULES = {
    ANONYMOUS: _only_public_addresses_answer_strangers,
    NO_ROLE: _permission_is_asked_for_everywhere,
    OTHER_CLINIC: _rows_of_a_clinic_are_not_found_from_another,
}
