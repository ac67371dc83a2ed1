"""Reports of a connection: what is trusted, what is stored, when the desk hears of it, and when they go."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone, translation

from compliance.models import AuditEvent
from telehealth import periodic
from telehealth.actions import quality
from telehealth.actions.quality import record_window, settled_level, tip_for
from telehealth.models import QualityWindow
from telehealth.states import ADMITTED, State
from telehealth.tests.factories import ParticipantFactory, SessionFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TEN = timedelta(seconds=10)
FINE = {
    "rtt_ms": 40,
    "loss_percent": 0,
    "buffer_ms": 30,
    "fps": 20,
    "freeze_seconds": 0,
    "up_kbps": 900,
    "path": "host",
}
BAD = FINE | {"loss_percent": 12.5}


@pytest.fixture
def side():
    session = SessionFactory(state=State.IN_CALL, state_since=NOW - TEN, admitted_at=NOW - TEN)
    return ParticipantFactory(session=session)


@pytest.fixture
def told(monkeypatch):
    """What the clinic's desks were told."""
    heard = []
    monkeypatch.setattr(quality.live, "changed", lambda _clinic, *subjects: heard.extend(subjects))
    return heard


def test_a_report_is_scored_here_and_kept(side):
    window = record_window(participant=side, stats=FINE | {"level": "poor", "mos": 1, "cause": "x"}, now=NOW)
    window.refresh_from_db()
    assert (window.level, window.cause, window.at, window.path) == ("good", "", NOW, "host")
    assert window.mos > 4.3 and (window.rtt_ms, window.up_kbps, window.fps) == (40, 900, 20)


def test_concealed_sound_is_the_loss_that_counts(side):
    assert record_window(participant=side, stats=BAD | {"concealed_percent": 1}, now=NOW).loss_percent == 1


@pytest.mark.parametrize(
    "value",
    [-1, 101, 10**400, float("nan"), float("inf"), True, "3", None, [], {"a": 1}],
    ids=lambda value: str(value)[:9],
)
def test_an_impossible_figure_counts_as_not_reported(side, value):
    window = record_window(participant=side, stats=FINE | {"loss_percent": value, "path": value}, now=NOW)
    assert (window.loss_percent, window.mos, window.path, window.rtt_ms) == (None, None, "", 40)


@pytest.mark.parametrize("stats", [{}, {"rtt_ms": None}, {"rtt_ms": "fast", "evil": 1}, {"path": "relay"}])
def test_a_report_without_figures_is_no_report(side, stats):
    assert record_window(participant=side, stats=stats, now=NOW) is None
    assert not QualityWindow.objects.exists()


@pytest.mark.parametrize("state", State)
def test_only_a_call_has_quality(state):
    outcome = "completed_video" if state == State.ENDED else ""
    session = SessionFactory(state=state, state_since=NOW - TEN, outcome=outcome)
    kept = record_window(participant=ParticipantFactory(session=session), stats=FINE, now=NOW)
    assert (kept is not None) == (state in ADMITTED)


def test_the_first_seconds_are_no_measure(side):
    assert record_window(participant=side, stats=BAD, now=NOW - timedelta(milliseconds=1)) is None
    assert record_window(participant=side, stats=BAD, now=NOW) is not None


def test_who_reports_too_often_is_not_heard(side):
    assert record_window(participant=side, stats=FINE, now=NOW)
    assert record_window(participant=side, stats=BAD, now=NOW + timedelta(seconds=4.9)) is None
    assert record_window(participant=side, stats=BAD, now=NOW + timedelta(seconds=5))


def test_the_desk_hears_of_a_level_that_settled_and_of_nothing_else(side, told):
    seen = []
    for number, stats in enumerate([FINE, BAD, FINE, BAD, BAD, BAD, FINE, FINE, FINE]):
        record_window(participant=side, stats=stats, now=NOW + number * TEN)
        seen.append((settled_level(participant=side, session=side.session), len(told)))
    subject = side.session.appointment.subject
    assert seen == [("good", 0)] * 4 + [("poor", 1)] * 4 + [("good", 2)]
    assert told == [subject] * 2


def test_each_side_has_its_own_level(side):
    other = ParticipantFactory(session=side.session, role="provider")
    for number in range(2):
        record_window(participant=side, stats=BAD, now=NOW + number * TEN)
    assert settled_level(participant=side, session=side.session) == "poor"
    assert settled_level(participant=other, session=side.session) == ""


def test_the_level_starts_anew_with_an_admission(side):
    for number in range(2):
        record_window(participant=side, stats=BAD, now=NOW + number * TEN)
    side.session.admitted_at = NOW + 5 * TEN
    assert settled_level(participant=side, session=side.session) == ""


def test_figures_of_a_line_leave_the_trail_alone(side):
    before = AuditEvent.objects.count()
    record_window(participant=side, stats=FINE, now=NOW)
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize(
    ("stats", "words"),
    [
        (FINE, ""),
        (BAD, "nearer to your router"),
        (FINE | {"rtt_ms": 500}, "VPN"),
        (FINE | {"buffer_ms": 900}, "is full"),
        (FINE | {"up_kbps": 100}, "upload is slow"),
        (FINE | {"fps": 5}, "not smooth"),
    ],
)
def test_a_tip_says_what_to_do(side, stats, words):
    tip = tip_for(record_window(participant=side, stats=stats, now=NOW))
    assert words in tip and bool(tip) == bool(words)


def test_a_tip_speaks_spanish(side):
    window = record_window(participant=side, stats=FINE | {"up_kbps": 100}, now=NOW)
    with translation.override("es"):
        assert tip_for(window).startswith("Su subida es lenta.")


def test_half_an_hour_of_two_sides_takes_little_room(side):
    visits = 20
    before = _size()
    figures = {
        "rtt_ms": 87.3,
        "loss_percent": 3.21,
        "buffer_ms": 132.7,
        "fps": 19.8,
        "freeze_seconds": 0.4,
        "mos": 3.97,
    }
    QualityWindow.objects.bulk_create(
        QualityWindow(
            participant=side, at=NOW + n * TEN, level="fair", cause="upload", up_kbps=512.5, path="relay", **figures
        )
        for n in range(visits * 2 * 180)
    )
    assert 0 < (_size() - before) / visits < 200_000


def _size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s)", [QualityWindow._meta.db_table])
        return cursor.fetchone()[0]


def test_rows_go_after_thirty_days_and_the_trail_says_so(side):
    for days in (29, 31):
        QualityWindow.objects.create(participant=side, at=timezone.now() - timedelta(days=days), level="good")
    assert periodic.forget_quality() == 1
    assert QualityWindow.objects.get().at > timezone.now() - timedelta(days=30)
    event = AuditEvent.objects.get(action="retention.deleted")
    assert event.detail == {"kind": "quality_windows", "rows": 1}
