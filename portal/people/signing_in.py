"""Signing in, changing one's own password, ending one's own sessions."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.crypto import Keys
from portal.foundation.errors import InvalidInput, NotSignedIn, SoundingsError
from portal.foundation.i18n import match_language
from portal.people import news, news_store, passwords, session_store
from portal.people import store as people
from portal.people.models import User
from portal.people.rules import delays


class FirstPasswordOver(SoundingsError):
    """A first password that was not changed in time."""

    code, status = "first_password_over", 422


NOBODY = UUID(int=0)
HOUR = timedelta(hours=1)
MOST_AN_HOUR = 90
"""So many wrong passwords an hour for one name over all addresses; then only addresses that its owner came in from may go on."""


def find(session: Session, login: str) -> tuple[UUID, str] | None:
    """The id and the stored hash of an active user."""
    user = people.user_by_login(session, login.replace("\x00", "")[:60])
    return (user.id, user.password_hash) if user is not None and user.active else None


def key_of(keys: Keys, address: str, login: str) -> bytes:
    """Under what wrong passwords for a name from an address are counted; neither can be read from it."""
    return keys.blind_index("log_in", f"{address}|{login.strip().lower()[:60]}")


def everywhere(keys: Keys, login: str) -> bytes:
    """Under what wrong passwords for a name are counted over all addresses together."""
    return keys.blind_index("log_in", f"*|{login.strip().lower()[:60]}")


def wait_of(session: Session, key: bytes, now: datetime) -> timedelta:
    """How long this name must wait at this address; zero where it need not."""
    found = session_store.tries(session, key)
    return found.until - now if found is not None and found.until is not None and found.until > now else timedelta()


def wait_elsewhere(session: Session, key: bytes, user_id: UUID | None, address: str, now: datetime) -> timedelta:
    """How long a name that is tried from many addresses must wait at this one: never where its owner came in from before.

    So nobody can shut its owner out of their own desk, and a name that nobody has costs the same.
    """
    wait = wait_of(session, key, now)
    return timedelta() if wait and news_store.came_from(session, user_id or NOBODY, address) else wait


def admit(session: Session, user_id: UUID, checked: str, password: str, key: bytes, now: datetime) -> User:
    """Write down that the right password was given; a hash made with older parameters is made anew.

    checked  the hash against which the password was held: where it changed meanwhile, nobody comes in
    Raises   NotSignedIn, FirstPasswordOver
    """
    user = people.user_by_id(session, user_id)
    if user is None or not user.active or user.password_hash != checked:
        raise NotSignedIn
    if user.password_until is not None and user.password_until <= now:
        raise FirstPasswordOver
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


def note_everywhere(session: Session, key: bytes, now: datetime) -> None:
    """Count a wrong password for a name over all addresses; beyond what an hour allows the name waits for the rest of that hour."""
    found = session_store.tries(session, key)
    begun = found is not None and now - found.last_at < HOUR
    failures, since = (found.failures + 1, found.last_at) if found is not None and begun else (1, now)
    session_store.put_try(session, key, failures, since, since + HOUR if failures >= MOST_AN_HOUR else None)


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
    user.password_hash, user.password_until = passwords.make(new), None
    user.session_epoch += 1
    session_store.end_sessions(session, user_id, user_id, now)
    news.tell(session, user_id, "password", now)
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
