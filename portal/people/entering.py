"""The edge of coming in: waiting after wrong passwords, the code after the password, the fresh session."""

from datetime import timedelta
from uuid import UUID

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from flask_login import login_user

from portal.foundation import web
from portal.foundation.errors import NotSignedIn, SoundingsError
from portal.people import access, edge, session_store, sessions, signing_in

PENDING = "waits_for_code"
"""Where the cookie keeps who gave the right password and owes a code."""
PENDING_FOR = timedelta(minutes=5)


class MustWait(SoundingsError):
    """Too many wrong passwords for this name from this address."""

    code, status = "wait_before_log_in", 429

    def __init__(self, wait: timedelta) -> None:
        self.seconds = max(1, int(wait.total_seconds()))
        super().__init__(minutes=-(-self.seconds // 60))


def key_of(login: str) -> bytes:
    """Under what wrong passwords for this name from this address are counted."""
    return signing_in.key_of(web.ground().keys, get_remote_address(), login)


def where_from() -> dict[str, str]:
    """What a session keeps of the browser."""
    return {"address": get_remote_address(), "agent": request.headers.get("User-Agent", "")}


def after_password(user_id: UUID, next_page: str | None) -> ResponseReturnValue:
    """The right password was given: ask for the code where there is one, else open the door."""
    with web.reading() as reading:
        owes_code = session_store.has_factor(reading, user_id)
    if not owes_code:
        return let_in(user_id, "password", next_page)
    session.clear()
    session[PENDING] = f"{user_id}|{web.now().timestamp():.0f}|{edge.safe_next(next_page) or ''}"
    return redirect(url_for("second_factor.ask"))


def pending() -> tuple[UUID, str] | None:
    """Who gave the right password in this browser a moment ago, and where they were going; None where nobody did."""
    user_id, _, rest = str(session.get(PENDING, "")).partition("|")
    at, _, next_page = rest.partition("|")
    if not user_id or not at.isdigit() or web.now().timestamp() - int(at) >= PENDING_FOR.total_seconds():
        return None
    return UUID(user_id), next_page


def let_in(user_id: UUID, method: str, next_page: str | None) -> ResponseReturnValue:
    """Open the door and lead on, within this site only."""
    with web.writing() as writing:
        signing_in.note_entry(writing, user_id, method, web.now())
    renew(user_id, method)
    return redirect(edge.safe_next(next_page) or url_for("shell.home"))


def renew(user_id: UUID, method: str = "password") -> None:
    """A fresh session: nothing that lay in the browser before log-in lives on.

    Raises  NotSignedIn where the person was put out of use meanwhile
    """
    with web.writing() as writing:
        made = sessions.begin(writing, user_id, method, web.now(), web.ground().settings, where_from())
        found = access.find_me(writing, user_id, made.id)
    if found is None:
        raise NotSignedIn
    session.clear()
    session.permanent = True
    login_user(found)


def leave() -> None:
    """End the session of this browser, and forget the cookie."""
    mine = access.me_or_none()
    if mine is not None and mine.session_id is not None:
        with web.writing() as writing:
            sessions.leave(writing, mine.session_id, web.now())
    session.clear()
