"""The portal's own way of serving sockets, with one socket that passes on what its group hears."""

from channels.auth import AuthMiddlewareStack
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import path

from config import asgi

GROUP = "echo"


class Echo(AsyncWebsocketConsumer):
    groups = [GROUP]  # noqa: RUF012

    async def echo_heard(self, event):
        await self.send(text_data=event["text"])


application = ProtocolTypeRouter(
    {
        "http": asgi.application.application_mapping["http"],
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter([path("echo", Echo.as_asgi())]))),
    }
)
