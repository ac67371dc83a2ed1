"""Codes of connections and device tests in a few words, for staff."""

from django.utils.translation import gettext_lazy as _

QUALITY_CAUSES = {
    "loss": _("packets get lost"),
    "delay": _("slow to answer"),
    "buffer": _("line is full"),
    "upload": _("slow upload"),
    "video": _("picture stutters"),
}
DEVICE_CAUSES = {
    "browser": _("browser can't do video"),
    "camera_blocked": _("camera blocked"),
    "no_camera": _("no camera"),
    "camera_busy": _("camera in use elsewhere"),
    "mic_blocked": _("microphone blocked"),
    "no_mic": _("no microphone"),
    "mic_busy": _("microphone in use elsewhere"),
    "mic_silent": _("microphone is silent"),
    "no_sound": _("hears nothing"),
    "too_slow": _("line too slow for video"),
    "slow": _("slow line"),
    "sound_only": _("agreed to sound alone"),
}
