"""Rate limits; counted in memory for one process."""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

View = TypeVar("View", bound=Callable[..., Any])


class DecoratedOnly(Limiter):
    """Counts in the views that carry `@limiter.limit(...)`, and nowhere else.

    The extension would look before every request whether a limit of the whole application or of a blueprint holds;
    there are none, and that look cost as much as the rest of a small request.
    """

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


limiter = DecoratedOnly(get_remote_address, default_limits=[], storage_uri="memory://", headers_enabled=True)


def per_key(view: View) -> View:
    """Limit how often one API key may call a view, by `API_RATE`; programs that have much to send send it in batches."""
    return cast(View, limiter.limit(_api_rate, key_func=_caller)(view))


def _api_rate() -> str:
    return str(current_app.config.get("API_RATE", "1200 per minute"))


def _caller() -> str:
    """Who calls: the key, as a hash, since limits are counted before the key is looked up; the address where there is none."""
    key = request.headers.get("Authorization", "")
    return hashlib.sha256(key.encode()).hexdigest()[:32] if key else get_remote_address()
