"""Sealing texts, and the blind index that finds them again."""

import base64
import re

import pytest
from django.core.exceptions import ImproperlyConfigured

from common import crypto

OLD = "old:" + base64.b64encode(b"o" * 32).decode()
NEW = "new:" + base64.urlsafe_b64encode(b"\xff" * 32).decode()
AAD = "patients_contactpoint.value|0123456789ABCDEFGHIJKL"


@pytest.mark.parametrize("text", ["+12025550142", "ñandú 🦤", "x" * 10_000])
def test_what_was_sealed_opens_again(text):
    token = crypto.encrypt(text, AAD)
    assert text not in token
    assert re.fullmatch(r"v1\|test\|[\w-]{16}\|[\w-]+", token)
    assert crypto.decrypt(token, AAD) == text


def test_equal_texts_look_different():
    assert crypto.encrypt("same", AAD) != crypto.encrypt("same", AAD)


def test_a_value_moved_to_another_row_does_not_open():
    token = crypto.encrypt("secret", AAD)
    with pytest.raises(crypto.DecryptionError, match="another row"):
        crypto.decrypt(token, AAD.replace("0", "1"))


@pytest.mark.parametrize("place", range(1, 6))
def test_a_changed_value_does_not_open_and_does_not_show_itself(place):
    token = crypto.encrypt("secret", AAD)
    at = -place * 4
    changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
    with pytest.raises(crypto.DecryptionError) as refusal:
        crypto.decrypt(changed, AAD)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "token", ["", "plain", "v1|test|a", "v1|test|short|short", "v2|test|AAAA|AAAA", "v1|gone|AAAA|AAAA"]
)
def test_what_is_no_sealed_value_is_refused(token):
    with pytest.raises(crypto.DecryptionError):
        crypto.decrypt(token, AAD)


def test_the_first_key_seals_and_every_key_opens(settings):
    settings.FIELD_KEYS = [OLD]
    token = crypto.encrypt("secret", AAD)
    settings.FIELD_KEYS = [NEW, OLD]
    assert crypto.decrypt(token, AAD) == "secret"
    assert crypto.encrypt("secret", AAD).startswith("v1|new|")
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(crypto.DecryptionError, match="not in FIELD_KEYS"):
        crypto.decrypt(token, AAD)


@pytest.mark.parametrize("keys", [[], ["nokey"], ["a:c2hvcnQ="], ["a|b:" + "A" * 43]])
def test_a_ring_that_cannot_work_says_so(settings, keys):
    settings.FIELD_KEYS = keys
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS"):
        crypto.encrypt("secret", AAD)


def test_bytes_are_sealed_the_same_way():
    blob = crypto.encrypt_bytes(b"\x00|\xff" * 100, AAD)
    assert blob.startswith(b"v1|test|")
    assert crypto.decrypt_bytes(memoryview(blob), AAD) == b"\x00|\xff" * 100
    with pytest.raises(crypto.DecryptionError):
        crypto.decrypt_bytes(blob, AAD + "x")
    with pytest.raises(crypto.DecryptionError):
        crypto.decrypt_bytes(b"plain", AAD)


def test_a_blind_index_depends_on_value_purpose_and_key(settings):
    index = crypto.blind_index("+12025550142", "phone")
    assert re.fullmatch(r"[0-9a-f]{32}", index)
    assert index == crypto.blind_index("+12025550142", "phone")
    assert index != crypto.blind_index("+12025550143", "phone")
    assert index != crypto.blind_index("+12025550142", "member-id")
    settings.BLIND_INDEX_KEY = "another key"
    assert index != crypto.blind_index("+12025550142", "phone")


def test_nothing_has_no_index():
    assert crypto.blind_index("", "phone") == ""
