"""The newest device test of a visit, as the drawer shows it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.timefmt import format_when
from coordination.device_words import device_words
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
        {"label": _("Time to answer"), "value": _measured(check.rtt_ms, "ms")},
        {"label": _("Upload"), "value": _measured(check.up_kbps, "kbit/s")},
    ]
    return DeviceLines(check.get_result_display(), _KINDS[check.result], rows)


def _device(check: DeviceCheck) -> str:
    browser = _("inside another app") if check.browser == "in_app" else _BROWSERS.get(check.browser, _("other browser"))
    return ", ".join(filter(None, [browser, _SYSTEMS.get(check.system, "")]))


def _measured(figure: int | None, unit: str) -> str:
    return _("not measured") if figure is None else f"{figure} {unit}"
