"""What a device test found, in the patient's words: what is wrong, and what to do about it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from telehealth.actions.device import may_use_sound_only
from telehealth.models import DeviceCheck


@dataclass(frozen=True, slots=True)
class Finding:
    title: str
    advice: str


@dataclass(frozen=True, slots=True)
class TestResult:
    """A test as its page shows it; `kind` is a status kind."""

    title: str
    kind: str
    icon: str
    findings: list[Finding]
    figures: list[dict]
    sound_only: bool
    failed: bool
    at: object


def test_result(check: DeviceCheck) -> TestResult:
    title, kind, icon = _TITLES[check.result]
    words = _words()
    return TestResult(
        title=title(),
        kind=kind,
        icon=icon,
        findings=[Finding(*words[cause]) for cause in check.causes if cause in words],
        figures=_figures(check),
        sound_only=may_use_sound_only(check),
        failed=check.result == DeviceCheck.Result.FAIL,
        at=check.at,
    )


_TITLES = {
    DeviceCheck.Result.PASS: (lambda: _("You are ready for your visit"), "ready", "circle-check"),
    DeviceCheck.Result.WARN: (lambda: _("Your visit will work"), "ready", "circle-check"),
    DeviceCheck.Result.FAIL: (lambda: _("Something needs fixing first"), "problem", "octagon-alert"),
}


def _figures(check: DeviceCheck) -> list[dict]:
    missing = _("not measured")
    answer = missing if check.rtt_ms is None else _("%(number)d milliseconds") % {"number": check.rtt_ms}
    upload = missing if check.up_kbps is None else _("%(number)s megabits a second") % {"number": _mega(check.up_kbps)}
    return [{"label": _("Time to answer"), "value": answer}, {"label": _("Upload"), "value": upload}]


def _mega(kbps: int) -> str:
    return f"{kbps / 1000:.1f}"


def _words() -> dict[str, tuple[str, str]]:
    again = _("Then test again.")
    return {
        "browser": (
            _("This browser can't hold video visits"),
            _("Open the link from our message in Safari (iPhone, iPad, Mac) or Chrome (all others)."),
        ),
        "camera_blocked": (
            _("The camera is blocked"),
            _("Your phone or browser does not let us use the camera. Test again: we show you where to allow it."),
        ),
        "no_camera": (_("No camera was found"), _("Plug one in, or use another device, such as your phone.")),
        "camera_busy": (
            _("Another program uses the camera"),
            _("Close other video programs and browser tabs.") + " " + again,
        ),
        "mic_blocked": (
            _("The microphone is blocked"),
            _("Your phone or browser does not let us listen. Test again: we show you where to allow it."),
        ),
        "no_mic": (_("No microphone was found"), _("Plug in a headset, or use another device, such as your phone.")),
        "mic_busy": (
            _("Another program uses the microphone"),
            _("Close other calls and browser tabs.") + " " + again,
        ),
        "mic_silent": (
            _("We could not hear you"),
            _("Check that the microphone is not muted or covered, and choose another one if you have it."),
        ),
        "no_sound": (
            _("You did not hear our sound"),
            _("Turn the volume up, switch silent mode off, and check your headphones.") + " " + again,
        ),
        "too_slow": (
            _("Your upload is too slow for a picture"),
            _("Move nearer to your router or switch to mobile data. A visit with sound alone works."),
        ),
        "slow_upload": (
            _("Your upload is slow"),
            _("Move nearer to your router for the visit. The picture may be smaller."),
        ),
        "slow_network": (
            _("Your connection is slow"),
            _("Close other videos and downloads during the visit. The picture may stop at times."),
        ),
        "sound_only": (_("You use sound only"), _("Your provider will hear you and knows that there is no picture.")),
    }
