import pytest

from portal.waiting import words


def shown(position=1, eta=(1, 2), presence="away", late=None, *, started=True):
    queue = {"position": position, "eta_min": eta[0], "eta_max": eta[1]} if position else None
    return words({"queue": queue, "provider": {"presence": presence, "late_by": late}}, started=started)


@pytest.mark.parametrize(
    ("position", "place"),
    [
        (1, "You are next."),
        (2, "1 person is before you."),
        (3, "2 people are before you."),
        (None, ""),
    ],
)
def test_place(position, place):
    assert shown(position).place == place


@pytest.mark.parametrize(
    ("given", "wait"),
    [
        ({"presence": "here"}, "any moment now"),
        ({"presence": "here", "eta": (8, 15)}, "about 8 to 15 minutes"),
        ({"presence": "away"}, ""),  # nobody knows
        ({"presence": "away", "started": False, "eta": (15, 25)}, "about 15 to 25 minutes"),
        ({"presence": "away", "position": 2, "eta": (25, 40)}, "about 25 to 40 minutes"),
        ({"presence": "busy", "position": None}, ""),
    ],
)
def test_wait(given, wait):
    assert shown(**given).wait == wait


@pytest.mark.parametrize(
    ("presence", "kind"), [("here", "ready"), ("call", "ready"), ("busy", "info"), ("away", "neutral")]
)
def test_provider(presence, kind):
    assert shown(presence=presence).provider_kind == kind


@pytest.mark.parametrize(("late", "words_of_it"), [(None, ""), (1, "1 minute late"), (20, "about 20 minutes late")])
def test_late(late, words_of_it):
    assert words_of_it in shown(late=late).late and bool(words_of_it) == bool(shown(late=late).late)


def test_minutes_that_merely_pass_are_not_spoken():
    assert shown(eta=(8, 15), presence="here").spoken == shown(eta=(7, 10), presence="here").spoken
