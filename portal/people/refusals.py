"""What was refused is written down: every 401 and 403 in the log, and in the audit trail whoever we know."""

import threading
from datetime import datetime, timedelta

import structlog
from flask import Flask, Response, g, request
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from portal.audit import trail
from portal.foundation import web
from portal.people import access

log = structlog.get_logger()
REFUSED = (401, 403)
SPAN = timedelta(hours=1)
MOST = 20
"""So many entries an hour and a caller: the trail is append-only, and nobody shall be able to fill it up. The log has them all."""


class Counted:
    """How many refusals of each caller were written down in the last hour; of this process."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[datetime, int]] = {}
        self._lock = threading.Lock()

    def room(self, caller: str, now: datetime) -> bool:
        """Whether one more may be written down."""
        with self._lock:
            since, count = self._since.get(caller, (now, 0))
            if now - since >= SPAN:
                since, count = now, 0
            if len(self._since) > 10_000:
                self._since.clear()
            self._since[caller] = (since, count + 1)
            return count < MOST


def install(app: Flask) -> None:
    """Look at every answer."""
    counted = Counted()

    def note(response: Response) -> Response:
        if response.status_code in REFUSED:
            _note(response, counted)
        return response

    app.after_request(note)


def _note(response: Response, counted: Counted) -> None:
    known = "api_key" in g or current_user.is_authenticated
    actor = access.actor() if known else None
    kind, who = (actor.kind, actor.id) if actor else ("", "")
    log.warning("refused", status=response.status_code, method=request.method, by=kind, actor=who)
    if actor is None or not counted.room(f"{actor.kind}:{actor.id}", web.now()):
        return
    facts = {"status": response.status_code, "method": request.method}
    try:
        with web.writing() as session:
            trail.record(session, actor, "access.refused", "endpoint", request.endpoint, web.now(), facts)
    except SQLAlchemyError:  # the refusal stands, and the log has it
        log.exception("refusal_not_kept")
