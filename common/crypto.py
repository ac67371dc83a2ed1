"""Field encryption and blind indexes.

A sealed value is the text `v1|<key id>|<nonce>|<ciphertext and tag>` (AES-256-GCM, base64url without padding). What
the value is bound to (its table, column and row) goes in as associated data, so a value copied to another row does
not open. The first key of `settings.FIELD_KEYS` ("id:base64 of 32 bytes") seals; every key in it opens.
"""

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = "v1"
KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D, 8.2: a 96-bit random nonce
BLIND_INDEX_BYTES = 16
BLIND_INDEX_LENGTH = BLIND_INDEX_BYTES * 2


class DecryptionError(Exception):
    """The value was sealed with a key we do not have, was changed, or belongs to another row."""


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@lru_cache(maxsize=4)
def _ring(entries: tuple[str, ...]) -> dict[str, AESGCM]:
    ring = {}
    for entry in entries:
        key_id, _, encoded = entry.partition(":")
        key = _unb64(encoded.strip().rstrip("=").replace("+", "-").replace("/", "_"))
        if not key_id or "|" in key_id or len(key) != KEY_BYTES:
            raise ImproperlyConfigured("Each entry of FIELD_KEYS is 'id:base64 of 32 bytes'.")
        ring[key_id] = AESGCM(key)
    if not ring:
        raise ImproperlyConfigured("FIELD_KEYS is empty: protected fields cannot be written or read.")
    return ring


def _keys() -> dict[str, AESGCM]:
    return _ring(tuple(settings.FIELD_KEYS))


def current_key_id() -> str:
    """The key that seals new values."""
    return next(iter(_keys()))


def current_prefix() -> str:
    """What every text sealed under that key begins with; bytes too, as ASCII."""
    return f"{VERSION}|{current_key_id()}|"


def _seal(data: bytes, aad: str) -> tuple[str, bytes, bytes]:
    key_id = current_key_id()
    nonce = secrets.token_bytes(NONCE_BYTES)
    return key_id, nonce, _keys()[key_id].encrypt(nonce, data, aad.encode())


def _open(key_id: str, nonce: bytes, sealed: bytes, aad: str) -> bytes:
    key = _keys().get(key_id)
    if key is None:
        raise DecryptionError("The key of this value is not in FIELD_KEYS.")
    try:
        return key.decrypt(nonce, sealed, aad.encode())
    except (InvalidTag, ValueError):
        raise DecryptionError("The value was changed, or belongs to another row.") from None


def encrypt(plaintext: str, aad: str) -> str:
    """Seal a text; `aad` names what it belongs to, for example `patients_patient.phone|<public id>`."""
    key_id, nonce, sealed = _seal(plaintext.encode(), aad)
    return f"{VERSION}|{key_id}|{_b64(nonce)}|{_b64(sealed)}"


def decrypt(token: str, aad: str) -> str:
    """Open what `encrypt` sealed under the same `aad`; DecryptionError otherwise."""
    try:
        version, key_id, nonce, sealed = token.split("|")
        parts = _unb64(nonce), _unb64(sealed)
    except ValueError:
        raise DecryptionError("This is not a sealed value.") from None
    if version != VERSION:
        raise DecryptionError("This value has an unknown format version.")
    return _open(key_id, *parts, aad).decode()


def sealed_again(token: str, aad: str) -> str:
    """The same text under the newest key."""
    return encrypt(decrypt(token, aad), aad)


def encrypt_bytes(data: bytes, aad: str) -> bytes:
    """Seal bytes, such as one chunk of a document: `v1|<key id>|` then nonce and ciphertext as they are."""
    key_id, nonce, sealed = _seal(data, aad)
    return f"{VERSION}|{key_id}|".encode() + nonce + sealed


def decrypt_bytes(blob: bytes, aad: str) -> bytes:
    """Open what `encrypt_bytes` sealed under the same `aad`; DecryptionError otherwise."""
    try:
        version, key_id, rest = bytes(blob).split(b"|", 2)
    except ValueError:
        raise DecryptionError("This is not a sealed value.") from None
    if version.decode("ascii", "replace") != VERSION:
        raise DecryptionError("This value has an unknown format version.")
    return _open(key_id.decode("ascii", "replace"), rest[:NONCE_BYTES], rest[NONCE_BYTES:], aad)


def blind_index(value: str, purpose: str) -> str:
    """32 hex characters that find `value` again without storing it: HMAC-SHA-256 under its own key, 16 bytes of it.

    `value` must be normalised already (E.164 number, upper-case member id). `purpose` (`phone`, `member-id:<payer>`)
    keeps equal values of different columns apart. The empty value has the empty index. Never for values with few
    possibilities, such as a birth date: they could be tried out.
    """
    if not value:
        return ""
    message = f"{purpose}\0{value}".encode()
    digest = hmac.new(settings.BLIND_INDEX_KEY.encode(), message, hashlib.sha256).digest()
    return digest[:BLIND_INDEX_BYTES].hex()
