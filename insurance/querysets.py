from common.querysets import ScopedQuerySet


class PayerQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(organization__clinics__in=user.clinic_ids()).distinct()

    def active(self):
        return self.filter(is_active=True)
