"""The demo's organization: three clinics in two time zones, twelve providers, staff who can sign in."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from accounts.models import User
from accounts.permissions import Role
from clinics.models import Clinic, Closure, License, Membership, Organization, Provider
from insurance.models import Payer
from messaging.actions import install_defaults
from scheduling.models import AvailabilityRule, VisitType
from scheduling.reminders import install_default_steps

from . import PASSWORD
from .people import INSURERS

CLINICS = [
    ("Riverside Telehealth", "riverside", "Riverside Clinic", "America/New_York", "+12125550190", "New York", "NY"),
    ("Lakeview Telehealth", "lakeview", "Lakeview Clinic", "America/Chicago", "+13125550191", "Chicago", "IL"),
    ("Hillcrest Telehealth", "hillcrest", "Hillcrest Clinic", "America/New_York", "+12125550192", "Hartford", "CT"),
]
# name, credentials, specialty, clinics by position, licensed states
PROVIDERS = [
    ("Alma Goldcrest", "MD", "Family medicine", [0], ["NY", "NJ", "CT"]),
    ("Bruno Fieldfare", "NP", "Family medicine", [0], ["NY", "NJ"]),
    ("Carmen Redstart", "LCSW", "Counseling", [0, 2], ["NY", "CT"]),
    ("Dario Stonechat", "MD", "Internal medicine", [0], ["NY", "NJ", "IL"]),
    ("Edda Nightjar", "PsyD", "Psychology", [0], ["NY", "NJ", "CT"]),
    ("Felix Whimbrel", "DO", "Family medicine", [1], ["IL", "WI"]),
    ("Greta Dunlin", "NP", "Women's health", [1], ["IL"]),
    ("Hugo Sanderling", "MD", "Internal medicine", [1], ["IL", "WI", "NY"]),
    ("Inez Turnstone", "LCSW", "Counseling", [1], ["IL", "WI"]),
    ("Jonas Brambling", "MD", "Family medicine", [2], ["CT", "NY"]),
    ("Kira Wheatear", "RD", "Nutrition", [2], ["CT", "NY", "NJ"]),
    ("Leon Ouzel", "MD", "Dermatology", [2], ["CT"]),
]
SPANISH_SPEAKERS = {"Carmen Redstart", "Inez Turnstone", "Dario Stonechat"}
# name, Spanish name, description, Spanish description, minutes, modality, who may book
VISIT_TYPES = [
    ("New patient visit", "Primera visita", "Your first visit with us", "Su primera visita", 40, "video", "patients"),
    ("Follow-up visit", "Visita de seguimiento", "You have seen us before", "Ya nos conoce", 20, "video", "patients"),
    ("Phone check-in", "Consulta por teléfono", "A short call", "Una llamada corta", 15, "phone", "patients"),
    ("Results talk", "Resultados", "Talk about results", "Hablar de sus resultados", 20, "video", "staff"),
]
# Dollars, for those who pay themselves. Patients do not book the last kind.
PRICES = {"New patient visit": 145, "Follow-up visit": 85, "Phone check-in": 45}
STAFF = [
    ("coordinator@example.com", "Nora Lindqvist", Role.COORDINATOR, [0, 1, 2]),
    ("coordinator2@example.com", "Sam Okafor", Role.COORDINATOR, [1]),
    ("insurance@example.com", "Iris Tanaka", Role.INSURANCE, [0, 1, 2]),
    ("supervisor@example.com", "Priya Raman", Role.SUPERVISOR, [0, 1, 2]),
    ("admin@example.com", "Max Adler", Role.ADMIN, [0, 1, 2]),
]


@dataclass(frozen=True)
class DemoClinic:
    organization: Organization
    clinics: list[Clinic]
    providers: list[Provider]


def build(today: date) -> DemoClinic:
    """Everything a clinic sets up before its first visit."""
    organization = Organization.objects.create(name="Three Rivers Health (demo)")
    clinics = [_clinic(organization, row) for row in CLINICS]
    providers = [_provider(organization, clinics, index, row, today) for index, row in enumerate(PROVIDERS)]
    for clinic in clinics:
        _visit_types(clinic)
        install_default_steps(clinic)
        Closure.objects.create(
            clinic=clinic, first_date=date(today.year, 12, 25), last_date=date(today.year, 12, 25), reason="Christmas"
        )
    Payer.objects.bulk_create(Payer(organization=organization, name=name) for name in INSURERS)
    install_defaults(organization)
    for row in STAFF:
        _staff(clinics, *row)
    return DemoClinic(organization, clinics, providers)


def _clinic(organization: Organization, row: tuple) -> Clinic:
    name, slug, message_name, zone, phone, city, state = row
    return Clinic.objects.create(
        organization=organization,
        name=name,
        slug=slug,
        message_name=message_name,
        time_zone=zone,
        phone=phone,
        street="1 Example Street",
        city=city,
        state=state,
    )


def _provider(organization: Organization, clinics: list[Clinic], index: int, row: tuple, today: date) -> Provider:
    name, credentials, specialty, places, states = row
    provider = Provider.objects.create(
        organization=organization,
        name=name,
        credentials=credentials,
        specialty=specialty,
        time_zone=clinics[places[0]].time_zone,
        languages=["en", "es"] if name in SPANISH_SPEAKERS else ["en"],
        user=_staff([clinics[place] for place in places], f"provider{index + 1}@example.com", name, Role.PROVIDER)
        if index in (0, 5)
        else None,
    )
    provider.clinics.set(clinics[place] for place in places)
    _licenses(provider, index, states, today)
    _hours(provider, [clinics[place] for place in places], today)
    return provider


def _licenses(provider: Provider, index: int, states: list[str], today: date) -> None:
    License.objects.bulk_create(
        License(
            provider=provider,
            state=state,
            number=f"{state}-{index + 1:05d}",
            valid_from=today - timedelta(days=700),
            valid_until=today + timedelta(days=21 if (index + 1 + position) % 11 == 0 else 500),
        )
        for position, state in enumerate(states)
    )


def _hours(provider: Provider, clinics: list[Clinic], today: date) -> None:
    """Every day of the week, so that the demo has a day to show whenever it is started."""
    AvailabilityRule.objects.bulk_create(
        AvailabilityRule(
            provider=provider,
            clinic=clinics[weekday % len(clinics)],
            weekday=weekday,
            start_time=start,
            end_time=end,
            valid_from=today - timedelta(days=60),
        )
        for weekday in range(7)
        for start, end in [(time(8), time(12)), (time(13), time(18))]
    )


def _visit_types(clinic: Clinic) -> None:
    providers = list(clinic.providers.all())
    for name, name_es, description, description_es, minutes, modality, audience in VISIT_TYPES:
        visit_type = VisitType.objects.create(
            clinic=clinic,
            name=name,
            name_es=name_es,
            description=description,
            description_es=description_es,
            duration=minutes,
            buffer_after=5 if minutes >= 20 else 0,
            start_step=15,
            modality=modality,
            audience=audience,
            self_pay_price=PRICES.get(name),
        )
        visit_type.providers.set(providers)


def _staff(clinics: list[Clinic], email: str, name: str, role: str, places: list[int] | None = None) -> User:
    user = User.objects.create_user(email, PASSWORD, name=name, is_staff=role == Role.ADMIN)
    chosen = [clinics[place] for place in places] if places is not None else clinics
    Membership.objects.bulk_create(Membership(user=user, clinic=clinic, role=role) for clinic in chosen)
    return user
