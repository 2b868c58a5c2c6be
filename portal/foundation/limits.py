"""Rate limits; counted in memory for one process."""

import hashlib

from flask import current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address


class DecoratedOnly(Limiter):
    """Counts in the views that carry `@limiter.limit(...)`, and nowhere else.

    The extension would look before every request whether a limit of the whole application or of a blueprint holds;
    there are none, and that look cost as much as the rest of a small request.
    """

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


limiter = DecoratedOnly(get_remote_address, default_limits=[], storage_uri="memory://", headers_enabled=True)


def _key_of_request() -> str:
    """The caller's key, hashed, so that no secret lies in the counters; without one, the address."""
    secret = request.headers.get("Authorization", "").partition(" ")[2]
    return hashlib.sha256(secret.encode()).hexdigest() if secret else get_remote_address()


def _api_rate() -> str:
    return str(current_app.config.get("API_RATE", "600 per minute"))


per_key = limiter.limit(_api_rate, key_func=_key_of_request)
"""For views of the programming interface: each key has a rate of its own, set by `API_RATE`."""
