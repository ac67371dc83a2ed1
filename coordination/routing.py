"""Sockets of the desk."""

from django.urls import path

from coordination.consumers import DeskConsumer

websocket_urlpatterns = [path("ws/desk/<str:clinic_id>/", DeskConsumer.as_asgi())]
