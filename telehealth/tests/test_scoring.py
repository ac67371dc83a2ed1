"""The table of thresholds, the score's reference values, and what missing figures do."""

import pytest

from telehealth.scoring import FAIR, GOOD, POOR, Verdict, Window, judge, judge_before, mos, settle


@pytest.mark.parametrize(
    ("rtt", "jitter", "loss", "expected"),
    [(100, 20, 1, 4.24), (200, 30, 3, 3.85), (300, 50, 5, 3.0), (50, 20, 10, 3.29), (50, 20, 20, 2.5)],
)
def test_the_score_has_its_reference_values(rtt, jitter, loss, expected):
    assert mos(Window(rtt_ms=rtt, jitter_ms=jitter, loss_percent=loss)) == expected


def test_fractions_and_seconds_would_make_a_bad_line_look_good():
    right = Window(rtt_ms=50, jitter_ms=20, loss_percent=10)
    wrong = Window(rtt_ms=50, jitter_ms=20 / 1000, loss_percent=10 / 100)
    assert mos(right) < 3.6 < 4.3 < mos(wrong)
    assert judge(right).level == POOR


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (Window(), None),
        (Window(rtt_ms=50), None),
        (Window(loss_percent=0), 4.4),
        (Window(loss_percent=30, concealed_percent=0), 4.4),
        (Window(loss_percent=100, rtt_ms=60000, buffer_ms=60000), 1.0),
    ],
    ids=["nothing", "no-loss-known", "no-delay-known", "concealment-counts", "never-below-one"],
)
def test_the_score_of_odd_windows(window, expected):
    assert mos(window) == pytest.approx(expected, abs=0.02) if expected else mos(window) is None


def test_a_measured_buffer_counts_before_what_jitter_suggests():
    assert mos(Window(loss_percent=0, jitter_ms=5, buffer_ms=900)) < mos(Window(loss_percent=0, jitter_ms=5))


@pytest.mark.parametrize(
    ("window", "level", "cause"),
    [
        (Window(rtt_ms=2, loss_percent=0, buffer_ms=20, fps=20, freeze_seconds=0, up_kbps=900), GOOD, ""),
        (Window(loss_percent=2.9), GOOD, ""),
        (Window(loss_percent=3), FAIR, "loss"),
        (Window(loss_percent=8.1), POOR, "loss"),
        (Window(rtt_ms=249), GOOD, ""),
        (Window(rtt_ms=250), FAIR, "delay"),
        (Window(rtt_ms=400), FAIR, "delay"),
        (Window(rtt_ms=401), POOR, "delay"),
        (Window(buffer_ms=200), FAIR, "buffer"),
        (Window(buffer_ms=1400), POOR, "buffer"),
        (Window(rtt_ms=240, loss_percent=2.9, buffer_ms=190), POOR, "delay"),
        (Window(rtt_ms=200, loss_percent=2.9, jitter_ms=20), FAIR, "loss"),
        (Window(up_kbps=600), GOOD, ""),
        (Window(up_kbps=599), FAIR, "upload"),
        (Window(up_kbps=249), POOR, "upload"),
        (Window(fps=15), GOOD, ""),
        (Window(fps=14), FAIR, "video"),
        (Window(fps=7), POOR, "video"),
        (Window(freeze_seconds=0.1), GOOD, ""),
        (Window(freeze_seconds=0.5), FAIR, "video"),
        (Window(freeze_seconds=1), POOR, "video"),
        (Window(loss_percent=9, fps=2), POOR, "loss"),
        (Window(loss_percent=4, fps=2), POOR, "video"),
    ],
)
def test_the_worst_row_decides_and_sound_comes_before_the_picture(window, level, cause):
    assert judge(window) == Verdict(level, cause)


def test_who_reports_nothing_is_not_called_good():
    assert judge(Window()) is None


@pytest.mark.parametrize(
    ("windows", "shown"),
    [
        ("", "g"),
        ("p", "g"),
        ("gpg", "g"),
        ("gpgpgp", "g"),
        ("pp", "p"),
        ("fp", "f"),
        ("fpp", "p"),
        ("ppgg", "p"),
        ("ppggg", "g"),
        ("ppfgg", "f"),
        ("ppggpggpgg", "p"),
    ],
)
def test_the_shown_level_does_not_flap(windows, shown):
    names = {"g": GOOD, "f": FAIR, "p": POOR}
    assert settle([names[each] for each in windows]) == names[shown]


@pytest.mark.parametrize(
    ("figures", "causes"),
    [
        ({}, []),
        ({"up_kbps": 600, "rtt_ms": 199, "down_kbps": 600}, []),
        ({"up_kbps": 599}, ["slow_upload"]),
        ({"up_kbps": 249}, ["too_slow"]),
        ({"rtt_ms": 200}, ["slow_network"]),
        ({"down_kbps": 300}, ["slow_network"]),
    ],
)
def test_a_line_before_the_visit(figures, causes):
    unknown = dict.fromkeys(["rtt_ms", "up_kbps", "down_kbps"])
    assert judge_before(**unknown | figures) == causes
