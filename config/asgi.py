"""Pages and sockets in one process on one port.

Pages go to Django's WSGI handler in a pool of threads: its ASGI handler costs five times the CPU for synchronous views.
Each thread holds a database connection: WEB_THREADS times the number of web processes stays below PostgreSQL's limit.
"""

import gc
import os

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
_pages = get_wsgi_application()  # sets Django up: what follows may import models

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from config.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": WSGIMiddleware(_pages, workers=int(os.environ.get("WEB_THREADS", "16"))),
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)

# What is loaded by now stays: the garbage collector need not look through it again and again. With that, and with fewer
# looks, a page costs a fifth less CPU.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 10, 20)
