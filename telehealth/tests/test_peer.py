"""Passwords for a TURN server, and what browsers are told."""

from datetime import UTC, datetime

from telehealth.gateways import peer

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def test_the_password_is_what_coturn_computes():
    """From `openssl dgst -sha1 -hmac north -binary | base64`, the way that coturn's README gives."""
    assert peer.password("1763910000:0123456789abcdef", "north") == "cKFndoQN7qCs52OsDXmMA85eGaE="


def test_without_servers_browsers_look_for_each_other_alone(settings):
    settings.STUN_URLS, settings.TURN_URLS = [], []
    assert peer.media("seat", NOW)["ice"] == []


def test_what_a_browser_gets_ends_soon_and_names_nobody(settings):
    settings.STUN_URLS, settings.TURN_URLS = ["stun:stun.example.com"], ["turns:turn.example.com:443"]
    settings.TURN_SECRET, settings.TURN_TTL_SECONDS = "north", 600
    stun, turn = peer.media("seat", NOW)["ice"]
    assert stun == {"urls": ["stun:stun.example.com"]}
    ends_at, _colon, name = turn["username"].partition(":")
    assert int(ends_at) == NOW.timestamp() + 600
    assert "seat" not in name and turn["credential"] == peer.password(turn["username"], "north")
