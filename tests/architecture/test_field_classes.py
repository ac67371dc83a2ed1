"""Every stored field is classified: `compliance/classification.toml` is the list a privacy officer reads."""

import re

from django.apps import apps
from django.db.models import BooleanField

from common.fields import BlindIndexField, EncryptedTextField
from compliance import classification

TELLING = re.compile(
    r"(first|last|legal)_name|birth|phone|e?mail|address|street|pronoun|gender|sex$|reason_text|body|member_id"
)
NOT_OF_PATIENTS = {
    "accounts.User": "staff",
    "clinics.Clinic": "the clinic's own number and address, which are published",
    "clinics.Provider": "staff",
    "messaging.MessageTemplate": "the words before a patient's name is filled in",
}


def field_of(label: str, name: str):
    return apps.get_model(label)._meta.get_field(name)


def test_every_field_has_a_class():
    """Run `manage.py classify_fields`, then replace each "?" in compliance/classification.toml."""
    assert classification.problems(classification.load()) == []


def test_encrypted_fields_are_not_called_harmless():
    harmless = [
        f"{label}.{name}"
        for label, rows in classification.load().items()
        for name, kind in rows.items()
        if kind == "none" and isinstance(field_of(label, name), EncryptedTextField | BlindIndexField)
    ]
    assert harmless == []


def test_fields_whose_names_tell_of_a_person_are_not_called_harmless():
    harmless = [
        f"{label}.{name}"
        for label, rows in classification.load().items()
        for name, kind in rows.items()
        if kind == "none"
        and TELLING.search(name)
        and label not in NOT_OF_PATIENTS
        and not isinstance(field_of(label, name), BooleanField)
    ]
    assert harmless == []
