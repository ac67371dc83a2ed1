"""`visible_to(user)` is the way in to every row."""

import ast
import re

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.tests.factories import UserFactory
from compliance.classification import our_models
from tests.architecture.sources import lines_with, modules, short, tree

WITHOUT_SCOPE = {
    "compliance.CspReportCount": "counts for the whole installation, about nobody",
}

VIEW_MODULES = modules("views", "consumers")
PUBLIC = [path for path in VIEW_MODULES if "portal" in path.parts]  # no user: scoped by the clinic or the signed link
STAFF = [path for path in VIEW_MODULES if path not in PUBLIC]
UNSCOPED = {
    "coordination/views/merging.py:patient_access": "by the clinics whose audit trail the user may read",
}


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


def queries(paths):
    """`file:function` and source of each simple statement that starts a query at `Model.objects`."""
    for path in paths:
        for function in ast.walk(tree(path)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for statement in ast.walk(function):
                    if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Return | ast.Expr):
                        source = ast.unparse(statement)
                        if re.search(r"\b[A-Z]\w+\.objects\.", source):
                            yield f"{short(path)}:{function.name}", source


def test_staff_reach_rows_through_their_scope():
    unscoped = [
        place
        for place, source in queries(STAFF)
        if place not in UNSCOPED and not re.search(r"\.visible_to\(|\.clinic_ids\(", source)
    ]
    assert unscoped == []


def test_patients_pages_never_fetch_from_a_whole_table():
    assert [place for place, source in queries(PUBLIC) if re.search(r"\.objects\.(?:get|all)\(", source)] == []


def test_no_view_fetches_from_a_whole_table():
    assert lines_with(r"(?-i:get_(?:object|list)_or_404\(\s*[A-Z]\w+\s*,)", VIEW_MODULES) == []


def test_the_exceptions_are_still_needed():
    assert set(UNSCOPED) <= {place for place, _source in queries(STAFF)}
