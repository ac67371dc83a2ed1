"""The chosen time: kept, given back, booked."""

from datetime import datetime

from clinics.models import Clinic, Provider
from coordination.actions import PaymentChoice, book_visit
from insurance.models import Coverage, VisitPayment
from patients.actions import Agreement
from patients.models import ConsentRecord, Patient
from patients.wording import CONSENT_VERSION
from portal.actions.identity import patient_of
from portal.draft import Draft
from scheduling import actions as scheduling
from scheduling.availability import Audience, Rule
from scheduling.errors import HoldExpired, NotBookable
from scheduling.models import Appointment, Hold, VisitType
from scheduling.states import ByLabel


def hold_time(
    *,
    clinic: Clinic,
    draft: Draft,
    visit_type: VisitType,
    provider,
    starts_at: datetime,
    holder: str,
    now: datetime,
    asked_for: str = "",
) -> None:
    """Keep the chosen time, and give back the one kept before. Raises SlotTaken, NotBookable or TooManyHolds.

    `asked_for` is the provider's public id if the patient asked for this one.
    """
    hold = scheduling.hold_slot(
        visit_type=visit_type,
        provider=provider,
        starts_at=starts_at,
        state=draft.state,
        now=now,
        audience=Audience.PATIENTS,
        holder=holder,
        instead_of=_hold_of(clinic, draft),
    )
    draft.choose_time(provider=provider.public_id, starts_at=starts_at, hold=hold, asked_for=asked_for)


def keep_holding(*, clinic: Clinic, draft: Draft, now: datetime) -> bool:
    """Another ten minutes for the chosen time; False when it is no longer kept."""
    hold = _hold_of(clinic, draft)
    if hold is None:
        return False
    try:
        extended = scheduling.extend_hold(hold=hold, now=now)
    except HoldExpired:
        return False
    draft.hold_expires_at = extended.expires_at.isoformat()
    return True


def let_go(*, clinic: Clinic, draft: Draft) -> None:
    """Give back the time that the draft keeps, if any."""
    hold = _hold_of(clinic, draft)
    if hold:
        scheduling.release_hold(hold=hold)
    draft.forget_time()


def _hold_of(clinic: Clinic, draft: Draft) -> Hold | None:
    if not draft.hold:
        return None
    return Hold.objects.select_related("provider", "visit_type").filter(public_id=draft.hold, clinic=clinic).first()


def confirm_booking(*, clinic: Clinic, draft: Draft, wording: str, language: str, now: datetime) -> Appointment:
    """Book what the draft says, and keep of the draft only the visit's id. The same draft twice is one visit.

    `wording` is what the patient agreed to about being seen at a distance, read in `language`.

    A hold that ran out is no obstacle while the time is still free. Raises SlotTaken, PatientBusy or NotBookable; then
    nothing was written and the draft is as it was.
    """
    hold = _hold_of(clinic, draft)
    visit_type, provider = (hold.visit_type, hold.provider) if hold else _chosen(clinic, draft)
    visit_type.clinic = clinic
    patient, payment = _who_and_how(clinic, draft)
    visit = book_visit(
        clinic=clinic,
        patient=patient,
        visit_type=visit_type,
        provider=provider,
        starts_at=draft.start,
        patient_state=draft.state,
        source=Appointment.Source.PORTAL,
        by=None,
        by_label=ByLabel.PORTAL,
        now=now,
        audience=Audience.PATIENTS,
        idempotency_key=draft.key,
        hold=hold,
        reason=draft.reason,
        payment=payment,
        agreement=_agreement(wording, language),
        registered=patient.public_id == draft.patient,  # the one that it was merged into since may not be
    )
    draft.close(visit.public_id)
    return visit


def _agreement(wording: str, language: str) -> Agreement:
    return Agreement(
        topic=ConsentRecord.Topic.TELEHEALTH,
        source=ConsentRecord.Source.BOOKING,
        wording=wording,
        wording_version=CONSENT_VERSION,
        language=language,
    )


def _chosen(clinic: Clinic, draft: Draft) -> tuple[VisitType, Provider]:
    visit_type = VisitType.objects.for_patients().filter(public_id=draft.visit_type, clinic=clinic).first()
    provider = Provider.objects.active().filter(public_id=draft.provider).first()
    if visit_type is None or provider is None:
        raise NotBookable(Rule.PROVIDER.value, Rule.PROVIDER.label)
    return visit_type, provider


def _who_and_how(clinic: Clinic, draft: Draft) -> tuple[Patient, PaymentChoice]:
    """The patient and the payment, in one query."""
    if draft.payment == VisitPayment.Method.SELF_PAY:
        return patient_of(clinic, draft), PaymentChoice(VisitPayment.Method.SELF_PAY)
    coverage = Coverage.objects.select_related("patient").get(
        public_id=draft.coverage, patient__organization=clinic.organization_id
    )
    return coverage.patient, PaymentChoice(VisitPayment.Method.COVERAGE, coverage)
