"""Providers and their licenses."""

from datetime import timedelta

from django.contrib import admin
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from accounts.object_actions import deactivation
from accounts.scoped_admin import OwnRowsFilter, ScopedAdmin, ScopedInline
from clinics.forms import ProviderForm
from clinics.models import License, Provider

ENDING_SOON = timedelta(days=60)


class LicenseInline(ScopedInline):
    model = License
    fields = ["state", "number", "valid_from", "valid_until"]
    ordering = ["state", "valid_until"]


class EndingFilter(admin.SimpleListFilter):
    """Licenses that need renewing come before anything else about them."""

    title = _l("validity")
    parameter_name = "validity"

    def lookups(self, request, model_admin):
        return [("soon", _("Ends within 60 days")), ("over", _("Over")), ("valid", _("Valid"))]

    def queryset(self, request, queryset):
        today = timezone.now().date()
        return {
            "soon": queryset.filter(valid_until__gte=today, valid_until__lte=today + ENDING_SOON),
            "over": queryset.filter(valid_until__lt=today),
            "valid": queryset.filter(valid_from__lte=today, valid_until__gte=today),
        }.get(self.value(), queryset)


@admin.register(License)
class LicenseAdmin(ScopedAdmin):
    scope = "provider__clinics"
    fields = ["provider", "state", "number", "valid_from", "valid_until"]
    list_display = ["provider", "state", "number", "valid_from", "valid_until", "renewed"]
    list_filter = [EndingFilter, ("state", admin.AllValuesFieldListFilter)]
    list_select_related = ["provider"]
    search_fields = ["provider__name", "number"]
    ordering = ["valid_until", "provider__name"]

    def get_queryset(self, request):
        same_state = Q(provider__licenses__state=F("state"))
        return super().get_queryset(request).annotate(latest=Max("provider__licenses__valid_until", filter=same_state))

    @admin.display(description=_l("renewed"), boolean=True)
    def renewed(self, license) -> bool:
        """A later license of the same provider in the same state is on record."""
        return license.latest > license.valid_until


def _what_deactivating_does(provider: Provider) -> list[str]:
    return [
        _("Nobody can book visits with this provider."),
        _("Visits that are booked stay booked: move or cancel them first."),
    ]


class ProviderAdmin(ScopedAdmin):
    scope = "clinics"
    may_delete = False  # visits must stay on record
    form = ProviderForm
    fieldsets = [
        (None, {"fields": ["organization", "name", "credentials", "specialty", "npi"]}),
        (_l("Where and when"), {"fields": ["clinics", "time_zone", "languages"]}),
        (_l("Sign-in"), {"fields": ["user"], "description": _l("The colleague whose visits these are, if any.")}),
    ]
    inlines = [LicenseInline]
    list_display = ["name", "credentials", "specialty", "licensed_in", "is_active"]
    list_filter = ["is_active", ("clinics", OwnRowsFilter), ("licenses__state", admin.AllValuesFieldListFilter)]
    search_fields = ["name", "npi", "specialty"]
    ordering = ["name"]
    object_actions = deactivation(_what_deactivating_does)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("licenses")

    def get_readonly_fields(self, request, obj=None):
        return ["organization"] if obj else []

    @admin.display(description=_l("licensed in"))
    def licensed_in(self, provider) -> str:
        """States with a license that is valid today."""
        today = timezone.now().date()
        valid = {one.state for one in provider.licenses.all() if one.valid_from <= today <= one.valid_until}
        return ", ".join(sorted(valid)) or "–"
