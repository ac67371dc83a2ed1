"""Forms of the set-up pages."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic, Provider
from common.phone import to_e164

# IANA zones of the United States, by the names people use.
TIME_ZONES = [
    ("America/New_York", _("Eastern Time")),
    ("America/Chicago", _("Central Time")),
    ("America/Denver", _("Mountain Time")),
    ("America/Phoenix", _("Arizona (no daylight saving)")),
    ("America/Los_Angeles", _("Pacific Time")),
    ("America/Anchorage", _("Alaska Time")),
    ("Pacific/Honolulu", _("Hawaii Time")),
    ("America/Puerto_Rico", _("Atlantic Time (Puerto Rico)")),
    ("Pacific/Guam", _("Guam")),
    ("Pacific/Pago_Pago", _("American Samoa")),
]


def zone_field(current: str = "") -> forms.ChoiceField:
    """A choice of zones; one that is set already and not among ours stays possible."""
    known = {zone for zone, _name in TIME_ZONES}
    extra = [(current, current)] if current and current not in known else []
    return forms.ChoiceField(label=_("time zone"), choices=[*TIME_ZONES, *extra])


class ClinicForm(forms.ModelForm):
    class Meta:
        model = Clinic
        fields = [
            "organization", "name", "slug", "message_name", "phone", "time_zone", "street", "city", "state",
            "postal_code", "quiet_until", "quiet_from",
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = zone_field(self.instance.time_zone)

    def clean_phone(self) -> str:
        """As patients' phones dial it: +1 and ten digits."""
        try:
            return to_e164(self.cleaned_data["phone"])
        except ValueError as error:
            raise forms.ValidationError(_("Type a US phone number with area code.")) from error


class ProviderForm(forms.ModelForm):
    languages = forms.MultipleChoiceField(
        label=_("languages"), choices=settings.LANGUAGES, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Provider
        fields = [
            "organization",
            "name",
            "credentials",
            "specialty",
            "npi",
            "time_zone",
            "languages",
            "clinics",
            "user",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = zone_field(self.instance.time_zone)

    def clean(self):
        cleaned = super().clean()
        organization, clinics = cleaned.get("organization"), cleaned.get("clinics") or []
        if organization and any(clinic.organization_id != organization.pk for clinic in clinics):
            self.add_error("clinics", _("Choose clinics of the provider's organization."))
        return cleaned
