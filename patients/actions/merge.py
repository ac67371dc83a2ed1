"""Two records of one person become one, and two again when that was a mistake.

Nothing is copied or deleted: every row of any app that points at the merged record is pointed at the kept one, and its
id is written down. A row that the kept record has already (the same number, the same insurance) stays behind.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Field, Model

from accounts.models import User
from compliance import audit
from patients.errors import MergeRefused
from patients.models import ContactPoint, Patient, PatientMerge
from patients.selectors import unproved_sign_ins
from patients.wording import MERGE_REFUSED

_CLINICS = "clinics"
_DEMOTED = "demoted"
_USER = "user"


@transaction.atomic
def merge(*, kept: Patient, merged: Patient, by, now: datetime) -> PatientMerge:
    """Point everything of `merged` at `kept`. MergeRefused when the two can't be one."""
    kept, merged = _lock(kept, merged)
    if kept.user_id and merged.user_id:
        _drop_unproved(kept, merged)
    _check(kept, merged)
    moved = {
        _DEMOTED: _demote_contacts(kept, merged),
        _CLINICS: _share_clinics(kept, merged),
        _USER: _hand_over_user(merged, kept),
    }
    for model, field in _pointing_at_patients():
        moved[_key(model, field)] = _repoint(model, field, merged, kept)
    merged.merged_into = kept
    merged.save(update_fields=["merged_into"])
    record = PatientMerge.objects.create(kept=kept, merged=merged, moved=moved, merged_at=now, merged_by=by)
    _audit("patients.merged", record, by)
    return record


@transaction.atomic
def undo_merge(*, merge: PatientMerge, by, now: datetime) -> PatientMerge:
    """Point back what the merge moved. What was added to the kept record since then stays there."""
    merge = PatientMerge.objects.select_for_update().get(pk=merge.pk)
    kept, merged = _lock(merge.kept, merge.merged)
    if merge.undone_at or merged.merged_into_id != kept.pk:
        raise MergeRefused(MERGE_REFUSED["undone"])
    for model, field in _pointing_at_patients():
        ids = merge.moved.get(_key(model, field), [])
        model._base_manager.filter(pk__in=ids, **{field.name: kept}).update(**{field.name: merged})
    ContactPoint.objects.filter(pk__in=merge.moved.get(_DEMOTED, []), patient=merged).update(is_primary=True)
    _give_user_back(merge.moved.get(_USER), kept, merged)
    _take_back_clinics(kept, merge.moved.get(_CLINICS, []))
    merged.merged_into = None
    merged.save(update_fields=["merged_into"])
    merge.undone_at, merge.undone_by = now, by
    merge.save(update_fields=["undone_at", "undone_by"])
    _audit("patients.merge_undone", merge, by)
    return merge


def _lock(kept: Patient, merged: Patient) -> tuple[Patient, Patient]:
    """Both rows, locked in one order whichever way round they were given."""
    rows = {
        row.pk: row for row in Patient.objects.select_for_update().filter(pk__in=[kept.pk, merged.pk]).order_by("pk")
    }
    return rows[kept.pk], rows[merged.pk]


def _drop_unproved(*patients: Patient) -> None:
    """A sign-in that opens nothing stands in nobody's way."""
    for patient in patients:
        if unproved_sign_ins().filter(pk=patient.user_id).delete()[0]:
            patient.user = None


def _check(kept: Patient, merged: Patient) -> None:
    reasons = {
        "same": kept.pk == merged.pk,
        "organization": kept.organization_id != merged.organization_id,
        "gone": bool(kept.merged_into_id or merged.merged_into_id),
        "users": bool(kept.user_id and merged.user_id),
    }
    for reason, applies in reasons.items():
        if applies:
            raise MergeRefused(MERGE_REFUSED[reason])


def _pointing_at_patients() -> Iterator[tuple[type[Model], Field]]:
    """Every foreign key of any app that points at a patient, but not the merges themselves."""
    for relation in Patient._meta.related_objects:
        if not relation.many_to_many and relation.related_model is not PatientMerge:
            yield relation.related_model, relation.field


def _key(model: type[Model], field: Field) -> str:
    return f"{model._meta.label_lower}.{field.name}"


def _repoint(model: type[Model], field: Field, source: Patient, target: Patient) -> list[int]:
    """Ids of the rows that now point at `target`: all in one statement, or one by one where some are there already."""
    ids = list(model._base_manager.filter(**{field.name: source}).order_by("pk").values_list("pk", flat=True))
    if not ids or _try_update(model, field, ids, target):
        return ids
    return [pk for pk in ids if _try_update(model, field, [pk], target)]


def _try_update(model: type[Model], field: Field, ids: list[int], target: Patient) -> bool:
    try:
        with transaction.atomic():
            model._base_manager.filter(pk__in=ids).update(**{field.name: target})
    except IntegrityError:
        return False
    return True


def _demote_contacts(kept: Patient, merged: Patient) -> list[int]:
    """The kept record's preferred number stays the preferred one; ids of those that step back."""
    kinds = kept.contact_points.filter(is_primary=True).values("kind")
    primary = merged.contact_points.filter(is_primary=True, kind__in=kinds)
    ids = list(primary.values_list("pk", flat=True))
    ContactPoint.objects.filter(pk__in=ids).update(is_primary=False)
    return ids


def _share_clinics(kept: Patient, merged: Patient) -> list[int]:
    """Register the kept record wherever the merged one is; ids of the clinics that are new to it."""
    ids = list(merged.clinics.exclude(pk__in=kept.clinics.values("pk")).values_list("pk", flat=True))
    kept.clinics.add(*ids)
    return ids


def _take_back_clinics(kept: Patient, ids: list[int]) -> None:
    """Unregister from clinics that came with the merge, unless the kept record has something there by now."""
    kept.clinics.remove(*(pk for pk in ids if not _has_rows_at(kept, pk)))


def _has_rows_at(patient: Patient, clinic_id: int) -> bool:
    return any(
        model._base_manager.filter(**{field.name: patient, "clinic": clinic_id}).exists()
        for model, field in _pointing_at_patients()
        if any(each.name == "clinic" for each in model._meta.concrete_fields)
    )


def _hand_over_user(merged: Patient, kept: Patient) -> int | None:
    """The merged record's sign-in, which goes along only when both records share a number that was proved.

    Anybody can book under another's name and birth date with a phone of their own: such an account must not open the
    other's visits because two records look alike. It is unlinked, and can be opened anew from a link.
    """
    user = merged.user
    if user is None:
        return None
    _link(merged, None)
    if _proved_numbers(merged) & _proved_numbers(kept):
        _link(kept, user)
    return user.pk


def _give_user_back(pk: int | None, kept: Patient, merged: Patient) -> None:
    """The very sign-in that the merge took away, unless either record has another by now."""
    user = User.objects.filter(pk=pk).first()
    taken = user and Patient.objects.filter(user=user).exclude(pk=kept.pk).exists()
    if user is None or taken or merged.user_id or kept.user_id not in (None, user.pk):
        return
    _link(kept, None)
    _link(merged, user)


def _link(patient: Patient, user: User | None) -> None:
    patient.user = user
    patient.save(update_fields=["user"])


def _proved_numbers(patient: Patient) -> set[str]:
    proved = patient.contact_points.filter(kind=ContactPoint.Kind.MOBILE, verified_at__isnull=False)
    return set(proved.values_list("value_index", flat=True))


def _audit(action: str, record: PatientMerge, by) -> None:
    audit.record(
        action=action,
        actor=by,
        patients=[record.kept, record.merged],
        subject=f"merge:{record.public_id}",
        detail={"kept": record.kept.public_id, "merged": record.merged.public_id},
    )
