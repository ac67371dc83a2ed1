"""Foreign keys point down the house. import-linter cannot see them, since models name each other in strings."""

from compliance.classification import our_models
from tests.architecture.sources import layers

THIRD_PARTY = {"auth", "contenttypes", "sites", "sessions"}  # Django's own stand below everything


def rank(app: str) -> int:
    """0 is the top."""
    return next(index for index, layer in enumerate(layers()) if app in layer)


def points_well(source: str, target: str) -> bool:
    """Whether a model of app `source` may hold a key to one of app `target`."""
    return source == target or target in THIRD_PARTY or rank(target) > rank(source)


def relations():
    for model in our_models():
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
            if field.remote_field:
                yield model, field, field.remote_field.model


def test_every_foreign_key_points_to_the_same_app_or_a_lower_one():
    wrong = [
        f"{model._meta.label}.{field.name} -> {target._meta.label}"
        for model, field, target in relations()
        if not points_well(model._meta.app_label, target._meta.app_label)
    ]
    assert wrong == []


def test_the_rule_itself():
    assert points_well("scheduling", "patients")
    assert points_well("scheduling", "auth")
    assert not points_well("patients", "scheduling")
    assert not points_well("scheduling", "insurance")
    assert not points_well("insurance", "scheduling")


def test_the_audit_trail_holds_no_keys():
    assert [field for model, field, _target in relations() if model._meta.app_label == "compliance"] == []
