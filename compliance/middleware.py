"""Notes who asks and from where before any view runs."""

from compliance.context import entered, from_request


class AuditContextMiddleware:
    """Every audit row written while the request is answered carries its id, address and user."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with entered(from_request(request)):
            return self.get_response(request)
