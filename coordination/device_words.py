"""What a device test found, in the desk's words, and what the desk does about it."""

from django.utils.translation import gettext_lazy as _

_FOUND = {
    "browser": _("the browser can't hold video visits"),
    "camera_blocked": _("the camera is blocked"),
    "no_camera": _("no camera was found"),
    "camera_busy": _("another program uses the camera"),
    "mic_blocked": _("the microphone is blocked"),
    "no_mic": _("no microphone was found"),
    "mic_busy": _("another program uses the microphone"),
    "mic_silent": _("the microphone was silent"),
    "no_sound": _("the patient hears nothing"),
    "too_slow": _("the upload is too slow for a picture"),
    "slow_upload": _("the upload is slow"),
    "slow_network": _("the connection is slow"),
    "sound_only": _("the patient comes with sound only"),
}
_CALLS = {
    "browser": _("Call: the browser can't hold video visits. Safari or Chrome can."),
    "camera_blocked": _("Call: the camera is blocked. Help the patient to allow it in the browser."),
    "no_camera": _("Call: no camera was found. Another device, or sound only?"),
    "camera_busy": _("Call: another program uses the camera. Close it and test again."),
    "mic_blocked": _("Call: the microphone is blocked. Help the patient to allow it in the browser."),
    "no_mic": _("Call: no microphone was found. Another device, or a visit by phone?"),
    "mic_busy": _("Call: another program uses the microphone. Close it and test again."),
    "no_sound": _("Call: the patient hears nothing. Volume, silent mode, headphones?"),
    "too_slow": _("Call: the upload is too slow for a picture. Another place, or sound only?"),
    "call_instead": _("The patient asks for a phone call instead of video."),
}


def device_words(cause: str) -> str:
    """What a device test found, in a few words; the code itself when nobody has put it into words."""
    return str(_FOUND.get(cause, cause))


def device_call(cause: str) -> str:
    """What the desk does about it, in one sentence; empty for a cause that needs no call."""
    return str(_CALLS.get(cause, ""))
