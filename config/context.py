"""What every template may say about the installation."""

from django.conf import settings
from django.http import HttpRequest


def product(_request: HttpRequest) -> dict:
    return {"product_name": settings.PRODUCT_NAME, "demo": settings.DEMO}
