from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat

from accounts.permissions import Permission
from common.querysets import ScopedQuerySet
from messaging.rules import SECOND_TRY
from messaging.states import IN_FLIGHT, Status

_SECOND_TRY = Value(SECOND_TRY)


class MessageQuerySet(ScopedQuerySet):
    view_permission = Permission.MESSAGE_VIEW

    def due(self, now: datetime):
        return self.filter(status=Status.PLANNED, next_attempt_at__lte=now)

    def to_come(self, now: datetime):
        """Due later, or put off until later: by quiet hours, or by a carrier that was busy."""
        return self.filter(Q(due_at__gte=now) | Q(next_attempt_at__gte=now))

    def with_own_key(self):
        """Without those that gave up their dedupe key (`messaging.actions.release_keys`)."""
        return self.exclude(dedupe_key__endswith=F("public_id"))

    def in_flight(self):
        return self.filter(status__in=IN_FLIGHT)

    def last_tries(self):
        """Without those that were, or will be, tried a second time."""
        second = self.model._base_manager.filter(dedupe_key=Concat(_SECOND_TRY, OuterRef("public_id")))
        return self.filter(~Exists(second))

    def about(self, subject):
        """Messages about a subject: its key, or an expression of the query around it."""
        # The index holds only messages that are about something; PostgreSQL uses it where the query says so too.
        return self.filter(subject=subject).exclude(subject="")


class MessageEventQuerySet(ScopedQuerySet):
    scope = "message__clinic"
    view_permission = Permission.MESSAGE_VIEW


class InboundMessageQuerySet(ScopedQuerySet):
    view_permission = Permission.MESSAGE_VIEW

    def unhandled(self):
        return self.filter(handled_at=None)


class ConversationQuerySet(ScopedQuerySet):
    view_permission = Permission.MESSAGE_VIEW

    def open(self):
        return self.filter(state="open")

    def awake(self, now: datetime):
        """Not put off."""
        return self.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=now))

    def needing_answer(self):
        """Longest waiting first."""
        return self.open().exclude(unanswered_since=None).order_by("unanswered_since")

    def by_last_message(self):
        return self.order_by(F("last_message_at").desc(nulls_last=True), "-pk")


class MessageTemplateQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(organization__clinics__in=user.clinic_ids()).distinct()


class StoppedNumberQuerySet(ScopedQuerySet):
    view_permission = Permission.MESSAGE_VIEW

    def visible_to(self, user):
        return self.filter(organization__clinics__in=user.clinic_ids(self.view_permission)).distinct()


class LocalDeliveryQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Nobody's: a stand-in for what a carrier would keep."""
        return self.none()


class BridgeQuerySet(ScopedQuerySet):
    view_permission = Permission.VISIT_CONDUCT


class LegQuerySet(ScopedQuerySet):
    scope = "bridge__clinic"
    view_permission = Permission.VISIT_CONDUCT
