"""The edge of coming in: waiting after wrong passwords, the code after the password, the fresh session."""

from datetime import timedelta
from uuid import UUID

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from flask_login import login_user
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import NotSignedIn, SoundingsError
from portal.people import access, edge, session_store, sessions, signing_in
from portal.people.access import Me

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


def key_everywhere(login: str) -> bytes:
    """Under what wrong passwords for this name are counted over all addresses."""
    return signing_in.everywhere(web.ground().keys, login)


def after_password(writing: Session, user_id: UUID) -> Me | None:
    """The right password was given: open the door in the same transaction; None where a code is owed first."""
    return None if session_store.has_factor(writing, user_id) else begin(writing, user_id, "password")


def ask_for_code(user_id: UUID, next_page: str | None) -> ResponseReturnValue:
    """On to the code, which is asked of nobody else."""
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
        found = begin(writing, user_id, method)
    return seat(found, next_page)


def begin(writing: Session, user_id: UUID, method: str) -> Me:
    """Write down that somebody came in, and their session.

    Raises  NotSignedIn where the person was put out of use meanwhile
    """
    signing_in.note_entry(writing, user_id, method, web.now())
    return _session_of(writing, user_id, method)


def seat(found: Me, next_page: str | None) -> ResponseReturnValue:
    """Give the browser its session, and lead on; nothing that lay in it before log-in lives on."""
    session.clear()
    session.permanent = True
    login_user(found)
    return redirect(edge.safe_next(next_page) or url_for("shell.home"))


def renew(user_id: UUID, method: str = "password") -> None:
    """A fresh session after the old ones were ended.

    Raises  NotSignedIn where the person was put out of use meanwhile
    """
    with web.writing() as writing:
        found = _session_of(writing, user_id, method)
    seat(found, None)


def _session_of(writing: Session, user_id: UUID, method: str) -> Me:
    made = sessions.begin(writing, user_id, method, web.now(), web.ground().settings, where_from())
    found = access.find_me(writing, user_id, made.id)
    if found is None:
        raise NotSignedIn
    return found


def leave() -> None:
    """End the session of this browser, and forget the cookie."""
    mine = access.me_or_none()
    if mine is not None and mine.session_id is not None:
        with web.writing() as writing:
            sessions.leave(writing, mine.session_id, web.now())
    session.clear()
