"""The newest device test of a visit, as the drawer shows it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.timefmt import format_when
from coordination.device_words import device_call, device_words
from telehealth.models import DeviceCheck

_KINDS = {DeviceCheck.Result.PASS: "ready", DeviceCheck.Result.WARN: "attention", DeviceCheck.Result.FAIL: "problem"}
_BROWSERS = {
    "chrome": "Chrome",
    "edge": "Edge",
    "firefox": "Firefox",
    "safari": "Safari",
    "samsung": "Samsung Internet",
}
_SYSTEMS = {"android": "Android", "ios": "iOS", "mac": "macOS", "windows": "Windows", "linux": "Linux"}


@dataclass(frozen=True, slots=True)
class DeviceLines:
    result: str
    kind: str
    call: str  # what to call about; empty when nothing needs a call
    rows: list[dict]


def device_lines(check: DeviceCheck | None, zone) -> DeviceLines | None:
    """Result, causes and figures in words; None while nobody has tested."""
    if check is None:
        return None
    found = "; ".join(device_words(cause) for cause in check.causes)
    rows = [
        {"label": _("Tested"), "value": format_when(check.at, zone)},
        {"label": _("Found"), "value": found or _("everything works")},
        {"label": _("Device"), "value": _device(check)},
        {"label": _("Time to answer"), "value": _measured(check.rtt_ms, "{} ms")},
        {"label": _("Upload"), "value": _measured(_mega(check.up_kbps), "{} Mbit/s")},
    ]
    failed = check.result == DeviceCheck.Result.FAIL
    call = device_call(check.causes[0]) if failed else ""
    return DeviceLines(check.get_result_display(), _KINDS[check.result], call, rows)


def _device(check: DeviceCheck) -> str:
    browser = _("inside another app") if check.browser == "in_app" else _BROWSERS.get(check.browser, _("other browser"))
    return ", ".join(filter(None, [browser, _SYSTEMS.get(check.system, "")]))


def _mega(kbps: int | None) -> float | None:
    return None if kbps is None else round(kbps / 1000, 1)


def _measured(figure: float | None, form: str) -> str:
    return _("not measured") if figure is None else form.format(figure)
