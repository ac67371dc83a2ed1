from datetime import date

from django.db.models import Exists, OuterRef

from common.querysets import ScopedQuerySet


class OrganizationQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(clinics__in=user.clinic_ids()).distinct()


class ClinicQuerySet(ScopedQuerySet):
    scope = "pk"

    def active(self):
        return self.filter(is_active=True)


class LicenseQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(provider__clinics__in=user.clinic_ids()).distinct()

    def valid_on(self, day: date):
        return self.filter(valid_from__lte=day, valid_until__gte=day)


class ProviderQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(clinics__in=user.clinic_ids()).distinct()

    def active(self):
        return self.filter(is_active=True)

    def licensed_in(self, state: str, *, first: date, last: date):
        """Providers with a license in the state that is valid on at least one day of [first, last]."""
        licenses = self.model.licenses.rel.related_model.objects.filter(
            provider=OuterRef("pk"), state=state, valid_from__lte=last, valid_until__gte=first
        )
        return self.filter(Exists(licenses))
