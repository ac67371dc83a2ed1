"""The encrypted field on a real model: what lies in the table, and what cannot be asked of it."""

import base64
import copy
import pickle

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection, models

from common import rotation
from common.crypto import DecryptionError
from common.fields import EncryptedTextField, Sealed
from patients.models import Proxy
from patients.tests.factories import ProxyFactory

pytestmark = pytest.mark.django_db

NUMBER = "+12025550142"


def stored(pk: int, column: str = "phone") -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM patients_proxy WHERE id = %s", [pk])
        return cursor.fetchone()[0]


def test_the_table_holds_no_plain_text_and_the_instance_does():
    proxy = ProxyFactory(phone=NUMBER)
    assert stored(proxy.pk).startswith("v1|test|")
    assert NUMBER not in stored(proxy.pk)
    assert Proxy.objects.get(pk=proxy.pk).phone == NUMBER
    assert proxy.phone == NUMBER


def test_empty_stays_empty():
    proxy = ProxyFactory(phone="")
    assert stored(proxy.pk) == ""
    assert Proxy.objects.get(pk=proxy.pk).phone == ""


def test_saving_again_without_a_change_keeps_the_stored_value():
    proxy = Proxy.objects.get(pk=ProxyFactory(phone=NUMBER).pk)
    before = stored(proxy.pk)
    proxy.name = "Other"
    proxy.save()
    assert stored(proxy.pk) == before


def test_every_way_of_writing_instances_seals():
    proxy = ProxyFactory(phone=NUMBER)
    proxy.phone = "+12025550143"
    proxy.save(update_fields=["phone"])
    assert Proxy.objects.get(pk=proxy.pk).phone == "+12025550143"
    fresh = ProxyFactory.build(patient=proxy.patient, phone=NUMBER)
    made = Proxy.objects.bulk_create([fresh])[0]
    assert stored(made.pk).startswith("v1|")
    assert Proxy.objects.get(pk=made.pk).phone == NUMBER


def test_reading_is_lazy_and_survives_defer_refresh_copy_and_pickle():
    pk = ProxyFactory(phone=NUMBER).pk
    loaded = Proxy.objects.get(pk=pk)
    assert isinstance(loaded.__dict__["phone"], Sealed)
    assert pickle.loads(pickle.dumps(loaded)).phone == NUMBER
    assert copy.deepcopy(loaded).phone == NUMBER
    assert Proxy.objects.defer("phone").get(pk=pk).phone == NUMBER
    assert Proxy.objects.only("phone").get(pk=pk).phone == NUMBER
    loaded.phone = "changed"
    loaded.refresh_from_db()
    assert loaded.phone == NUMBER


def test_values_never_hold_plain_text():
    proxy = ProxyFactory(phone=NUMBER)
    value = Proxy.objects.values_list("phone", flat=True).get(pk=proxy.pk)
    assert isinstance(value, Sealed)
    assert str(value) == repr(value) == "[sealed]"


@pytest.mark.parametrize("lookup", ["phone", "phone__icontains", "phone__in", "phone__startswith", "phone__length"])
def test_searching_is_refused_in_words(lookup):
    with pytest.raises(FieldError, match="encrypted"):
        Proxy.objects.filter(**{lookup: [NUMBER] if lookup.endswith("in") else NUMBER}).exists()


def test_only_absence_can_be_asked_for():
    assert not Proxy.objects.filter(phone__isnull=True).exists()


def test_an_update_without_an_instance_is_refused():
    with pytest.raises(FieldError, match="instance"):
        Proxy.objects.update(phone=NUMBER)


def test_a_value_copied_to_another_row_does_not_open():
    first, second = ProxyFactory(phone=NUMBER), ProxyFactory(phone="+12025550199")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE patients_proxy SET phone = %s WHERE id = %s", [stored(first.pk), second.pk])
    with pytest.raises(DecryptionError):
        _ = Proxy.objects.get(pk=second.pk).phone


def test_a_value_copied_to_another_column_does_not_open():
    proxy = ProxyFactory(phone=NUMBER)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE patients_proxy SET email = phone")
    with pytest.raises(DecryptionError):
        _ = Proxy.objects.get(pk=proxy.pk).email


def test_a_dump_holds_the_sealed_value(capsys):
    ProxyFactory(phone=NUMBER)
    call_command("dumpdata", "patients.Proxy")
    dump = capsys.readouterr().out
    assert "v1|test|" in dump
    assert NUMBER not in dump


def test_a_field_that_cannot_be_bound_or_would_be_searched_is_refused_at_start():
    class Loose(models.Model):  # noqa: DJ008
        value = EncryptedTextField(db_index=True)

        class Meta:
            app_label = "tests"
            managed = False

    ids = {error.id for error in Loose._meta.get_field("value").check()}
    assert ids == {"common.E001", "common.E002"}


def test_rotation_seals_everything_again_in_batches_and_may_be_repeated(settings, capsys):
    proxies = [ProxyFactory(phone=f"+1202555010{number}", email="") for number in range(5)]
    new = "new:" + base64.b64encode(b"n" * 32).decode()
    settings.FIELD_KEYS = [new, *settings.FIELD_KEYS]
    field = rotation.Column(Proxy._meta.get_field("phone"))
    batches = rotation.rotate(field, batch=2)
    assert next(batches) == 2  # stopped here, by an operator or a crash
    assert field.remaining() == 3
    call_command("rotate_field_keys", batch=2)
    assert "patients.Proxy.phone: 3 values now under 'new', 0 left" in capsys.readouterr().out
    settings.FIELD_KEYS = [new]
    assert [Proxy.objects.get(pk=proxy.pk).phone for proxy in proxies] == [proxy.phone for proxy in proxies]


def test_a_batch_does_not_look_again_at_rows_before_it(settings):
    first, second = [ProxyFactory(phone=NUMBER, email="") for _ in range(2)]
    old = stored(first.pk)
    settings.FIELD_KEYS = ["new:" + base64.b64encode(b"n" * 32).decode(), *settings.FIELD_KEYS]
    field = rotation.Column(Proxy._meta.get_field("phone"))
    assert field.rotate_batch(1) == 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE patients_proxy SET phone = %s WHERE id = %s", [old, first.pk])
    assert list(rotation.rotate(field, batch=1)) == [1]
    assert stored(second.pk).startswith("v1|new|") and field.remaining() == 1


def test_the_command_outlasts_the_time_limit_of_pages(settings, monkeypatch):
    limits = []

    def limit_at_work(kind) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            limits.append(cursor.fetchone()[0])
        return 0

    monkeypatch.setattr(rotation.Column, "remaining", limit_at_work)
    call_command("rotate_field_keys")
    assert set(limits) == {"0"}
    limit_at_work(None)
    assert limits[-1] == "15s"
