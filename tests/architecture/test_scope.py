"""`visible_to(user)` is the way in to every row."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.tests.factories import UserFactory
from compliance.classification import our_models
from tests.architecture.sources import lines_with, modules

WITHOUT_SCOPE = {
    "compliance.CspReportCount": "counts for the whole installation, about nobody",
}

VIEW_MODULES = modules("views", "consumers")
UNSCOPED: dict[str, str] = {}  # file and reason


def scoped_models():
    return [model for model in our_models() if model._meta.label not in WITHOUT_SCOPE]


@pytest.mark.parametrize("model", scoped_models(), ids=lambda model: model._meta.label)
@pytest.mark.django_db
class TestEveryModel:
    def test_shows_nothing_to_a_user_without_memberships(self, model):
        user = UserFactory(is_superuser=True)
        seen = model._default_manager.visible_to(user)
        assert list(seen) == ([user] if model is User else [])

    def test_shows_nothing_to_a_visitor(self, model):
        assert list(model._default_manager.visible_to(AnonymousUser())) == []

    def test_shows_nothing_to_a_deactivated_user(self, model):
        assert list(model._default_manager.visible_to(UserFactory(is_active=False))) == []


def test_the_exceptions_exist():
    assert set(WITHOUT_SCOPE) <= {model._meta.label for model in our_models()}


def test_views_reach_rows_through_the_users_scope():
    """`Model.objects.get/filter/all(...)` in a view must start with `.visible_to(...)` instead."""
    pattern = r"\b(?!cls)[A-Z]\w+\.(?:objects|_default_manager)\.(?!visible_to\b|none\b)\w+"
    assert lines_with(f"(?-i:{pattern})", VIEW_MODULES, allowed=UNSCOPED) == []


def test_views_do_not_fetch_from_a_whole_table():
    assert lines_with(r"(?-i:get_(?:object|list)_or_404\(\s*[A-Z]\w+\s*,)", VIEW_MODULES, allowed=UNSCOPED) == []


def test_the_patterns_find_what_they_should():
    pattern = re.compile(r"\b[A-Z]\w+\.(?:objects|_default_manager)\.(?!visible_to\b|none\b)\w+")
    assert pattern.search("Appointment.objects.get(pk=1)")
    assert pattern.search("Appointment.objects.all()")
    assert not pattern.search("Appointment.objects.visible_to(user)")
