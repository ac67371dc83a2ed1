import pytest

from portal.tests.walk import Walk
from scheduling.tests.factories import Scene, open_clinic


@pytest.fixture
def scene(db) -> Scene:
    """A clinic in New York that anybody may book, with one provider who works every day from nine to five."""
    return open_clinic()


@pytest.fixture
def walk(client, scene) -> Walk:
    """A person who books at the scene's clinic."""
    return Walk(client, scene)
