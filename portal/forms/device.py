from django import forms

from telehealth.actions.device import BROWSERS, CAMERA, MICROPHONE, SPEAKER, SYSTEMS, DeviceReport

_MINUTE_MS = 60_000
_TEN_GIGABIT = 10_000_000


def _one_of(codes: tuple[str, ...]) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[(code, code) for code in codes], widget=forms.HiddenInput)


def _figure(most: int) -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=0, max_value=most, widget=forms.HiddenInput)


class DeviceForm(forms.Form):
    """What the test page's script found. Codes and figures only: no name of a device gets here."""

    works_in_browser = forms.BooleanField(required=False, widget=forms.HiddenInput)
    camera = _one_of(CAMERA)
    microphone = _one_of(MICROPHONE)
    speaker = _one_of(SPEAKER)
    rtt_ms = _figure(_MINUTE_MS)
    up_kbps = _figure(_TEN_GIGABIT)
    down_kbps = _figure(_TEN_GIGABIT)
    browser = _one_of(BROWSERS)
    system = _one_of(SYSTEMS)

    @property
    def report(self) -> DeviceReport:
        """Of a valid form."""
        return DeviceReport(**self.cleaned_data)
