"""Sockets of the visit room."""

from django.urls import path

from telehealth.consumers import RoomConsumer

websocket_urlpatterns = [path("ws/visit/<str:session_id>/", RoomConsumer.as_asgi())]
