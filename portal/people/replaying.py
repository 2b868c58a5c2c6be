"""The edge of `Idempotency-Key`: around every writing view of the programming interface."""

from collections.abc import Callable
from typing import Any

from flask import Response, current_app, request

from portal.foundation import web
from portal.foundation.errors import SoundingsError
from portal.people import idempotency

NOT_KEPT = (401, 403, 429)
"""Nothing was done, and the same request may be right in a moment."""


def once(caller: str, view: Callable[[], Any]) -> Any:
    """Run a writing view; where the request carries a key, once for that key.

    Raises  what the view raises, OtherPayload, AtWork, InvalidInput for the key
    """
    text = request.headers.get(idempotency.HEADER)
    if text is None or request.method == "GET":
        return view()
    key = idempotency.key_of(caller, text)
    payload = idempotency.payload_of(request.method, request.full_path, request.mimetype, request.get_data())
    with web.writing() as session:
        found = idempotency.claim(session, key, payload, web.now())
        kept = (found.status, found.media_type, found.sealed) if found is not None else None
    if kept is not None:
        return _again(*kept)
    try:
        answer = _answer(view)
    except BaseException:
        with web.writing() as session:
            idempotency.let_go(session, key)
        raise
    with web.writing() as session:
        if answer.status_code >= 500 or answer.status_code in NOT_KEPT:
            idempotency.let_go(session, key)
        else:
            keys = web.ground().keys
            idempotency.keep(session, keys, key, answer.status_code, answer.content_type or "", answer.get_data(), web.now())
    return answer


def _answer(view: Callable[[], Any]) -> Response:
    try:
        return current_app.make_response(view())
    except SoundingsError as error:
        if error.status >= 500:
            raise
        return web.problem(error)


def _again(status: int | None, media_type: str, sealed: bytes | None) -> Response:
    body = web.ground().keys.unseal(sealed) if sealed is not None else b""
    answer = Response(body, status=status or 200)
    if media_type:
        answer.content_type = media_type
    answer.headers[idempotency.REPLAYED] = "true"
    return answer
