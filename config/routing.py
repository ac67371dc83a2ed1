"""Where sockets hang; each room with consumers adds its routes."""

websocket_urlpatterns: list = []
