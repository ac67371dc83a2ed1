"""Where sockets hang; each room with consumers adds its routes."""

from coordination.routing import websocket_urlpatterns as desk

websocket_urlpatterns: list = [*desk]
