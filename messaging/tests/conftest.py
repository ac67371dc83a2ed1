import pytest


@pytest.fixture
def clean_registry(monkeypatch):
    """A registry of the test's own."""
    monkeypatch.setattr("messaging.registry._subjects", {})
    monkeypatch.setattr("messaging.registry._reply_handlers", [])
    monkeypatch.setattr("messaging.registry._contact_handlers", [])
