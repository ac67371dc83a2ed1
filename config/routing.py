"""Where sockets hang; each room with consumers adds its routes."""

from coordination.routing import websocket_urlpatterns as desk
from telehealth.routing import websocket_urlpatterns as room

websocket_urlpatterns: list = [*desk, *room]
