"""The two addresses that monitoring asks, and the page that administrators look at."""

from django.urls import path

from config.health import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("status/", views.status, name="status"),
]
