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

# One worker of the suite walks them all: the walk is long, and its answers are shared.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("access")]

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


@pytest.fixture(scope="module")
def answers(world) -> matrix.Matrix:
    return {key: statuses for role in ROLES for key, statuses in walk(world, role).items()}


def test_matrix_stands(answers, request):
    if request.config.getoption("--update-matrix"):
        matrix.write(answers, {f"/{route.pattern}": str(route.access) for route in routes()})
    changed = matrix.difference(matrix.read(), answers)
    assert not changed, "Access changed. Meant? pytest tests/access --update-matrix\n" + "\n".join(changed)


def test_nothing_breaks(answers):
    broken = [key for key, statuses in answers.items() if " 5" in f" {statuses}" and key[0] not in MAY_BE_503]
    assert broken == []


def test_only_public_addresses_answer_strangers(answers):
    closed = {f"/{route.pattern}" for route in routes() if not route.access.public_because}
    let_in = {key: statuses for key, statuses in answers.items() if key[0] in closed and key[1] == ANONYMOUS}
    assert {status for statuses in let_in.values() for status in statuses.split()} <= {"302", "405"}


def test_permission_is_asked_for_everywhere(answers):
    """Signed in without a role: every page that requires a permission refuses, or is none, whatever the method."""
    closed = {f"/{route.pattern}": "404" if route.access.hidden else "403" for route in routes() if route.access.any_of}
    for (route, role), statuses in answers.items():
        if role == NO_ROLE and route in closed:
            assert statuses == " ".join([closed[route]] * len(METHODS)), route


def test_rows_of_a_clinic_are_not_found_from_another(answers):
    """A coordinator elsewhere has every permission, and still no address of ours leads to a row."""
    about_rows = {
        f"/{route.pattern}"
        for route in routes()
        if route.access.any_of and "public_id" in route.parameters and not route.pattern.startswith("admin/")
    }
    assert about_rows
    for (route, role), statuses in answers.items():
        if role == OTHER_CLINIC and route in about_rows:
            assert set(statuses.split()) <= {"404", "405", "403"}, route
            assert "404" in statuses or set(statuses.split()) <= {"403", "405"}, route
