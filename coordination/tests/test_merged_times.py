"""Merging two records keeps one patient from being in two visits at once."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from compliance.models import AuditEvent
from coordination.actions import merge_patients, undo_merge
from coordination.tests.scenes import another_provider, book, reachable_patient, reachable_scene
from patients.models import PatientMerge
from scheduling.errors import PatientBusy
from scheduling.models import BookingResource
from scheduling.tests.factories import NOW, TOMORROW_TEN

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def names(visit) -> set[str]:
    return set(BookingResource.objects.filter(appointment=visit, live=True).values_list("resource", flat=True))


def test_times_go_along_and_come_back():
    scene = reachable_scene()
    kept, merged = scene.patient, reachable_patient(scene, 102)
    own, taken_over = book(scene), book(scene, TOMORROW_TEN + HOUR, patient=merged)
    merge = merge_patients(kept=kept, merged=merged, by=UserFactory(), now=NOW)
    assert f"patient:{kept.pk}" in names(own) & names(taken_over)
    with pytest.raises(PatientBusy):
        book(scene, TOMORROW_TEN + HOUR, patient=kept, provider=another_provider(scene))
    undo_merge(merge=merge, by=UserFactory(), now=NOW)
    assert f"patient:{kept.pk}" in names(own)
    assert f"patient:{merged.pk}" in names(taken_over)


def test_visits_that_overlap_stand_in_the_way():
    scene = reachable_scene()
    merged = reachable_patient(scene, 102)
    book(scene)
    visit = book(scene, patient=merged, provider=another_provider(scene))
    written = AuditEvent.objects.count()
    with pytest.raises(PatientBusy):
        merge_patients(kept=scene.patient, merged=merged, by=UserFactory(), now=NOW)
    visit.refresh_from_db()
    assert visit.patient == merged
    assert f"patient:{merged.pk}" in names(visit)
    assert not PatientMerge.objects.exists()
    assert AuditEvent.objects.count() == written
