"""What every template may say about the installation, and how the person wants pages to look."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.permissions import Role
from config.demo import PASSWORD
from config.health.status import troubled

# One person for each role; config/demo/clinic.py makes them.
DEMO_SIGN_INS = [
    {"role": Role.COORDINATOR.label, "email": "coordinator@example.com", "password": PASSWORD},
    {"role": Role.PROVIDER.label, "email": "provider1@example.com", "password": PASSWORD},
    {"role": Role.INSURANCE.label, "email": "insurance@example.com", "password": PASSWORD},
    {"role": Role.SUPERVISOR.label, "email": "supervisor@example.com", "password": PASSWORD},
    {"role": Role.ADMIN.label, "email": "admin@example.com", "password": PASSWORD},
]


def product(request: HttpRequest) -> dict:
    about = {
        "product_name": settings.PRODUCT_NAME,
        "demo": settings.DEMO,
        "demo_sign_ins": DEMO_SIGN_INS if settings.DEMO else [],
        "session_warning_seconds": settings.SESSION_WARNING_SECONDS,
    }
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        about["density"] = request.user.density
        about["installation_troubled"] = SimpleLazyObject(troubled)
    return about
