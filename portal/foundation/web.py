"""The edge: the ground of the running app, problems, headers, bodies and pages."""

import hmac
import secrets
import uuid
from contextlib import AbstractContextManager
from datetime import datetime
from ipaddress import ip_address
from typing import Any, TypeVar, cast

import structlog
from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json
from sqlmodel import Session
from werkzeug.exceptions import HTTPException, SecurityError

from portal.foundation.errors import InvalidInput, MalformedBody, SoundingsError, TooLarge, WrongMediaType
from portal.foundation.ground import Ground
from portal.foundation.i18n import error_text

KEY = "soundings.ground"
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")
HSTS = "max-age=31536000; includeSubDomains"
csrf = CSRFProtect()
log = structlog.get_logger()
Model = TypeVar("Model", bound=BaseModel)


def ground() -> Ground:
    """The ground of the running app."""
    return cast(Ground, current_app._get_current_object().extensions[KEY])  # type: ignore[attr-defined]  # as in `now`


def writing() -> AbstractContextManager[Session]:
    """One transaction that may write; the edge opens it."""
    return ground().writing()


def reading() -> AbstractContextManager[Session]:
    """One transaction that only reads."""
    return ground().reading()


def now() -> datetime:
    """This moment, the same for the whole request."""
    kept = g._get_current_object()  # a look through the proxy costs more than the look itself
    moment = kept.get("now")
    if moment is None:
        moment = kept.now = ground().now()
    return cast(datetime, moment)


def render(template: str, **values: Any) -> str:
    """Render a page."""
    return render_template(template, **values)


def wants_json() -> bool:
    """Whether the reader is a program: everything under /api is."""
    return request.path.startswith("/api/")


def from_inside() -> bool:
    """Whether whoever asks may see how this installation stands: by the metrics token; without one set, from this machine itself only.

    A request that a proxy on this machine handed on does not come from it.
    """
    token = ground().settings.metrics_token.get_secret_value()
    if token:
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    try:
        near = ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        near = False
    return near and not any(name in request.headers for name in FORWARDED)


def parse_json(model: type[Model]) -> Model:
    """The request's body as a model.

    Raises  WrongMediaType, MalformedBody, or InvalidInput with the code of each wrong field; never the input itself
    """
    if not request.is_json:
        raise WrongMediaType
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        raise invalid_input(error) from None


def json_items(most: int) -> list[Any]:
    """The request's body as a list of JSON values; a single one is a list of one.

    Raises  WrongMediaType, MalformedBody, TooLarge
    """
    if not request.is_json:
        raise WrongMediaType
    raw = request.get_data()
    try:
        body = from_json(raw, allow_inf_nan=False)  # unlike the standard library's it refuses bottomless nesting
    except ValueError:
        raise MalformedBody from None
    if not isinstance(body, (dict, list)) or b"\\u0000" in raw:  # PostgreSQL keeps no NUL
        raise MalformedBody
    items = body if isinstance(body, list) else [body]
    if len(items) > most:
        raise TooLarge(most=most)
    return items


def invalid_input(error: ValidationError) -> SoundingsError:
    """A pydantic error as ours: field names and codes, without the input."""
    found = error.errors(include_input=False, include_context=False, include_url=False)
    if any(one["type"] == "json_invalid" for one in found):
        return MalformedBody()
    return InvalidInput({".".join(str(part) for part in one["loc"]) or "body": one["type"] for one in found})


def problem(error: SoundingsError) -> Response:
    """An error as RFC 9457 problem JSON."""
    body: dict[str, Any] = {"type": "about:blank", "title": error_text(error), "status": error.status, "code": error.code}
    if isinstance(error, InvalidInput) and error.fields:
        body["errors"] = [{"field": field, "code": code} for field, code in error.fields.items()]
    if error.facts:
        body["facts"] = {name: str(value) for name, value in error.facts.items()}
    response = jsonify(body)
    response.status_code = error.status
    response.content_type = "application/problem+json"
    return response


def install(app: Flask, ground: Ground) -> None:
    """Give the app its ground, its error pages and its headers."""
    app.extensions[KEY] = ground
    app.before_request(_refuse_nul)
    csrf.init_app(app)
    app.register_error_handler(SoundingsError, _answer)
    app.register_error_handler(CSRFError, lambda _error: _answer(_FormTooOld()))
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_unknown)
    app.after_request(_headers)
    app.context_processor(lambda: {"csp_nonce": csp_nonce})


def _refuse_nul() -> None:
    """A NUL in an address is never meant, and PostgreSQL can't even compare with it."""
    if "%00" in request.environ.get("QUERY_STRING", "") or "\x00" in request.path:
        raise MalformedBody


class _FormTooOld(SoundingsError):
    """The form's token is missing or has expired."""

    code, status = "form_too_old", 400


class HttpError(SoundingsError):
    """An error that the server itself raised."""

    code = "http_error"

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status
        self.code = {
            400: "malformed_body",
            404: "not_found",
            405: "method_not_allowed",
            413: "too_large",
            415: "wrong_media_type",
            429: "too_many_requests",
        }.get(status, "http_error")


def _answer(error: SoundingsError) -> ResponseReturnValue:
    if wants_json():
        return problem(error)
    return render("_shell/error.html", error=error, text=error_text(error), number=None), error.status


def _answer_http(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, SecurityError):
        return "400\n", 400, {"Content-Type": "text/plain"}  # a host name that is not ours: no page of ours is made for it
    if error.response is not None or (error.code or 500) < 400:
        return error
    answer = current_app.make_response(_answer(HttpError(error.code or 500)))
    for name, value in error.get_headers():
        if name in ("Retry-After", "Allow"):
            answer.headers[name] = value
    if error.code == 429 and "Retry-After" not in answer.headers:
        answer.headers["Retry-After"] = "60"
    return answer


def _answer_unknown(error: Exception) -> ResponseReturnValue:
    """An error nobody foresaw: its number is shown and logged, its words are only logged."""
    number = uuid.uuid4().hex[:8]
    log.exception("unknown_error", number=number, path=request.path, exc_info=error)
    unknown = SoundingsError(number=number)
    if wants_json():
        return problem(unknown)
    return render("_shell/error.html", error=unknown, text=error_text(unknown), number=number), 500


def csp_nonce() -> str:
    """The nonce of this response's scripts; asked for by pages that hold one."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return cast(str, g.csp_nonce)


def _headers(response: Response) -> Response:
    """Security headers of every answer; a view that set a policy of its own keeps it, and gets what it left out."""
    headers = response.headers
    if "Content-Security-Policy" not in headers:
        nonce = f" 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else ""
        headers["Content-Security-Policy"] = (
            f"default-src 'self'; script-src 'self'{nonce}; style-src 'self'; img-src 'self' data:; "
            "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
        headers["Referrer-Policy"] = "same-origin"
        headers["X-Frame-Options"] = "DENY"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if response.mimetype == "text/html" or wants_json():
            headers.setdefault("Cache-Control", "no-store")
        if wants_json() and (response.mimetype or "").endswith("json"):
            headers.setdefault("Content-Disposition", 'attachment; filename="answer.json"')  # no browser shows it as a page
    if headers.get("Content-Disposition", "").startswith("attachment"):
        headers.setdefault("Cache-Control", "no-store")  # files of rows: no cache between us and who saved it keeps a copy
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = HSTS
    return response
