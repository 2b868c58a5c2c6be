"""Logs: one line an event, with the request's id, and without personal data.

What is logged is named by us: ids, codes, numbers. As a second wall, fields that could hold somebody's data are dropped by
their name, and whatever looks like a number, a mail address or a secret is masked in all texts, tracebacks included.
"""

import logging
import re
import sys
import traceback
import uuid
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import g, has_request_context, request

from portal.foundation.daily_log import DailyFile
from portal.foundation.settings import Settings

PERSONAL = frozenset(
    {
        "name", "names", "phone", "email", "openid", "address", "to", "ref", "customer_ref", "customer", "text", "body", "subject",
        "answer", "answers", "verbatim", "token", "link", "url", "path", "password", "secret", "key", "birth_date", "letter", "event_dict",
    }
)  # fmt: skip
"""Fields that are never written, whatever they hold."""
_MASKS = (
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "<mail>"),
    (re.compile(r"://[^/@\s]+@"), "://<secret>@"),
    (re.compile(r"(?<![\w.:/-])\+?\d[\d\s-]{7,}\d(?![\w-])"), "<number>"),
    (re.compile(r"(?<=/[sqcr]/)[\w-]{16,}"), "<token>"),
    (re.compile(r"(DETAIL|CONTEXT|\[parameters?):.*", re.DOTALL), r"\1: <left out>"),
)
_ID = re.compile(r"[0-9A-Za-z._-]{8,64}\Z")
Event = MutableMapping[str, Any]


def masked(text: str) -> str:
    """A text without what looks like a person's data."""
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text


def request_id() -> str:
    """The id of this request: that of the proxy in front if it sent one, else made when first asked for."""
    if "request_id" not in g:
        told = request.headers.get("X-Request-ID", "")
        g.request_id = told if _ID.match(told) else uuid.uuid4().hex
    return str(g.request_id)


def _of_request(_logger: object, _method: str, event: Event) -> Event:
    if has_request_context():
        event.setdefault("request", request_id())
        event.setdefault("endpoint", request.endpoint)
    return event


def _without_personal(_logger: object, _method: str, event: Event) -> Event:
    for field in [field for field in event if field in PERSONAL]:
        del event[field]
    for field, value in event.items():
        if isinstance(value, str) and field not in ("timestamp", "level", "request", "message", "number", "node"):
            event[field] = masked(value)
    return event


def _failure(_logger: object, _method: str, event: Event) -> Event:
    """An exception as its kind, its masked words and where it came from; never with the values of variables."""
    told = event.pop("exc_info", None)
    error = sys.exc_info()[1] if told is True else told[1] if isinstance(told, tuple) else told
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        event["error"] = f"{type(error).__name__}: {masked(str(error).splitlines()[0] if str(error) else '')}"
        event["where"] = " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return event


def configure(settings: Settings, *, quiet: bool = False) -> None:
    """Set up our logs and those of the libraries: one form, to standard error and to a file a day; quiet: warnings alone, no file."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _of_request,
        _failure,
        _without_personal,
    ]
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handlers: list[logging.Handler] = [_formed(logging.StreamHandler(sys.stderr), shared, last)]
    if settings.log_files and not quiet:
        kept = DailyFile(settings.data_dir / "logs", settings.log_kept_days)
        handlers.append(_formed(kept, shared, structlog.processors.JSONRenderer(ensure_ascii=False)))
    root = logging.getLogger()
    root.handlers[:] = handlers
    root.setLevel("WARNING" if quiet and settings.log_level != "error" else settings.log_level.upper())
    for loud in ("apscheduler", "alembic", "celery", "kombu", "fontTools", "weasyprint"):
        logging.getLogger(loud).setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # that a job is still at work when it is due again is nothing to tell


def _formed(handler: logging.Handler, shared: list[Any], last: Any) -> logging.Handler:
    processors = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=processors))
    return handler
