"""How often one API key may call."""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import current_app, request
from flask_limiter.util import get_remote_address

from portal.foundation.limits import limiter

View = TypeVar("View", bound=Callable[..., Any])


def per_key(view: View) -> View:
    """Limit how often one API key may call a view; programs that have much to send send it in batches."""
    return cast(View, limiter.limit(_api_rate, key_func=_caller)(view))


def _api_rate() -> str:
    return str(current_app.config.get("API_RATE", "1200 per minute"))


def _caller() -> str:
    """Who calls: the key, as a hash, since limits are counted before the key is looked up; the address where there is none."""
    key = request.headers.get("Authorization", "")
    return hashlib.sha256(key.encode()).hexdigest()[:32] if key else get_remote_address()
