from common.querysets import ScopedQuerySet
from scheduling.models import Appointment


class SessionQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(appointment__in=Appointment.objects.visible_to(user))

    def with_visit(self):
        """What every page of a session shows, in one query."""
        return self.select_related(
            "appointment__patient", "appointment__provider", "appointment__visit_type", "appointment__clinic"
        )


class OfSessionQuerySet(ScopedQuerySet):
    """Rows that belong to a session."""

    def visible_to(self, user):
        return self.filter(session__appointment__in=Appointment.objects.visible_to(user))


class InviteQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(participant__session__appointment__in=Appointment.objects.visible_to(user))
