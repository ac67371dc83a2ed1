"""A value that a field does not offer is refused by PostgreSQL too; and the two lists of values are the same."""

import pytest
from django.db import IntegrityError, models, transaction

from clinics.models import Membership
from clinics.tests.factories import ClinicFactory, MembershipFactory
from patients.models import ContactPoint
from patients.tests.factories import ContactPointFactory
from scheduling.models import AvailabilityException, AvailabilityRule, VisitType
from scheduling.tests.factories import AvailabilityExceptionFactory, AvailabilityRuleFactory, VisitTypeFactory
from worklist.models import Task
from worklist.tests.factories import TaskFactory

pytestmark = pytest.mark.django_db


def task() -> Task:
    return TaskFactory(clinic=ClinicFactory())


GUARDED = [
    (VisitTypeFactory, "start_step", "scheduling_visit_type_step"),
    (VisitTypeFactory, "audience", "scheduling_visit_type_audience"),
    (AvailabilityRuleFactory, "weekday", "scheduling_rule_weekday"),
    (AvailabilityExceptionFactory, "kind", "scheduling_exception_kind"),
    (ContactPointFactory, "kind", "patients_contact_kind"),
    (ContactPointFactory, "status", "patients_contact_status"),
    (MembershipFactory, "role", "clinics_membership_role"),
    (task, "status", "worklist_task_status"),
    (task, "kind", "worklist_task_kind"),
    (task, "priority", "worklist_task_priority"),
]
MODELS = [AvailabilityException, AvailabilityRule, ContactPoint, Membership, Task, VisitType]
NAMES = {name for _factory, _field, name in GUARDED}


@pytest.mark.parametrize(("factory", "field", "name"), GUARDED)
def test_no_other_value_can_be_written(factory, field, name):
    row = factory()
    number = isinstance(type(row)._meta.get_field(field), models.IntegerField)
    with pytest.raises(IntegrityError, match="violates check constraint"), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**{field: 7 if number else "?"})


@pytest.mark.parametrize("model", MODELS)
def test_every_value_that_is_offered_is_allowed(model):
    lists = dict(c.condition.children[0] for c in model._meta.constraints if c.name in NAMES)
    assert lists
    for lookup, allowed in lists.items():
        field = model._meta.get_field(lookup.removesuffix("__in"))
        assert [value for value, _label in field.choices] == list(allowed)
