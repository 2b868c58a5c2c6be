"""Signing in, changing one's own password, ending one's own sessions."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.crypto import Keys
from portal.foundation.errors import InvalidInput, NotSignedIn
from portal.foundation.i18n import match_language
from portal.people import passwords, session_store
from portal.people import store as people
from portal.people.models import User
from portal.people.rules import delays


def find(session: Session, login: str) -> tuple[UUID, str] | None:
    """The id and the stored hash of an active user."""
    user = people.user_by_login(session, login.replace("\x00", "")[:60])
    return (user.id, user.password_hash) if user is not None and user.active else None


def key_of(keys: Keys, address: str, login: str) -> bytes:
    """Under what wrong passwords for a name from an address are counted; neither can be read from it."""
    return keys.blind_index("log_in", f"{address}|{login.strip().lower()[:60]}")


def wait_of(session: Session, key: bytes, now: datetime) -> timedelta:
    """How long this name must wait at this address; zero where it need not."""
    found = session_store.tries(session, key)
    return found.until - now if found is not None and found.until is not None and found.until > now else timedelta()


def admit(session: Session, user_id: UUID, checked: str, password: str, key: bytes) -> User:
    """Write down that the right password was given; a hash made with older parameters is made anew.

    checked  the hash against which the password was held: where it changed meanwhile, nobody comes in
    Raises   NotSignedIn
    """
    user = people.user_by_id(session, user_id)
    if user is None or not user.active or user.password_hash != checked:
        raise NotSignedIn
    if passwords.outdated(checked):
        user.password_hash = passwords.make(password)
    session_store.drop_try(session, key)
    return user


def note_entry(session: Session, user_id: UUID, method: str, now: datetime) -> None:
    """Write down that somebody came in."""
    user = people.user_by_id(session, user_id)
    if user is None or not user.active:
        raise NotSignedIn
    user.last_seen_at = now
    trail.record(session, Actor("user", str(user_id)), "user.log_in", "user", user_id, now, {"method": method})


def note_failure(session: Session, user_id: UUID | None, key: bytes, now: datetime) -> None:
    """Keep a trace of a wrong password, and let this name wait at this address after several; a name nobody has costs the same.

    Of an unknown name only that there was one is kept, since people type passwords there.
    """
    found = session_store.tries(session, key)
    failures = delays.failures_after(found.failures, now - found.last_at) if found is not None else 1
    wait = delays.wait_after(failures)
    session_store.put_try(session, key, failures, now, now + wait if wait else None)
    trail.record(session, Actor("visitor", ""), "user.log_in_failed", "user", user_id, now)


def change_password(session: Session, user_id: UUID, old: str, new: str, now: datetime) -> User:
    """Change one's own password; all other sessions end.

    Raises  InvalidInput for `old_password` or `new_password`
    """
    user = _own(session, user_id)
    if not passwords.matches(user.password_hash, old):
        raise InvalidInput({"old_password": "wrong_password"})
    passwords.check_new(new, user.login)
    user.password_hash = passwords.make(new)
    user.session_epoch += 1
    session_store.end_sessions(session, user_id, user_id, now)
    trail.record(session, Actor("user", str(user_id)), "user.change_password", "user", user_id, now)
    return user


def end_sessions(session: Session, user_id: UUID, now: datetime) -> User:
    """Sign oneself out everywhere."""
    user = _own(session, user_id)
    user.session_epoch += 1
    session_store.end_sessions(session, user_id, user_id, now)
    trail.record(session, Actor("user", str(user_id)), "user.end_sessions", "user", user_id, now)
    return user


def set_language(session: Session, user_id: UUID, language: str | None) -> None:
    """Keep the language a person reads."""
    _own(session, user_id).language = match_language(language)


def _own(session: Session, user_id: UUID) -> User:
    user = people.user_by_id(session, user_id)
    if user is None:
        raise NotSignedIn
    return user
