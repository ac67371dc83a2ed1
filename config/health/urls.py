"""The two addresses that monitoring asks."""

from django.urls import path

from config.health import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
