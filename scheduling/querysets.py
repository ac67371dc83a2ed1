from datetime import datetime

from django.db.models import Q

from accounts.permissions import Permission
from common.querysets import ScopedQuerySet
from scheduling.states import LIVE, UPCOMING


class VisitTypeQuerySet(ScopedQuerySet):
    def active(self):
        return self.filter(is_active=True)

    def for_patients(self):
        return self.active().filter(audience="patients")


class AvailabilityQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(provider__clinics__in=user.clinic_ids()).distinct()


class AppointmentQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Every visit of the clinics where the user may see them all, and the user's own as a provider."""
        return self.filter(
            Q(clinic__in=user.clinic_ids(Permission.VISIT_VIEW))
            | Q(clinic__in=user.clinic_ids(Permission.VISIT_VIEW_OWN), provider__user=user)
        )

    def starting_in(self, start: datetime, end: datetime):
        """Visits that start in [start, end)."""
        return self.filter(starts_at__gte=start, starts_at__lt=end)

    def live(self):
        return self.filter(status__in=LIVE)

    def upcoming(self, now: datetime):
        return self.filter(status__in=UPCOMING, starts_at__gt=now)

    def with_people(self):
        """What a row shows: patient, provider, visit type, clinic, in one query."""
        return self.select_related("patient", "provider", "visit_type", "clinic")


class AppointmentEventQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        appointments = self.model._meta.get_field("appointment").related_model
        return self.filter(appointment__in=appointments.objects.visible_to(user))


class BookingResourceQuerySet(ScopedQuerySet):
    scope = "appointment__clinic"
