"""Passwords: argon2id, two at once at most, and the same work for a name that nobody has."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.foundation.errors import InvalidInput, SoundingsError
from portal.foundation.settings import Settings

SHORTEST, LONGEST = 12, 128
GUESSABLE = 4
"""Below this score an estimator that knows 30,000 passwords, names, words, rows of keys and dates needs fewer than 10 ** 10 guesses."""
LOOKED_AT = 72
"""So many letters the estimator looks at; its work grows faster than their number."""
WAIT_SECONDS = 10
COMMON = frozenset(
    [
        "1234567890",
        "12345678910",
        "0123456789",
        "0987654321",
        "password123",
        "password1234",
        "qwertyuiop",
        "1q2w3e4r5t",
        "qwerty12345",
        "abcd123456",
        "1qaz2wsx3edc",
        "iloveyou1314",
        "woaini1314520",
        "woaini5201314",
        "administrator",
        "soundings1",
        "soundings123",
        "changeme123",
        "letmein1234",
        "welcome123",
        "admin12345",
        "admin123456",
        "a123456789",
        "aa123456789",
        "qq123456789",
        "zxcvbnm123",
    ]  # a list of words reads better as words
)
_hasher = PasswordHasher()
_turns = threading.BoundedSemaphore(2)  # each takes 64 MiB and a core: a flood of log-ins must not take the machine
_nobody = ["$argon2id$v=19$m=65536,t=3,p=4$mknC0TettIzzAJggRRHF5w$iOCipOfdqfC1dJu0d0R+m2+V5K1uTpUg941I3+vgRRI"]
"""The hash of a password that nobody knows. It stands here ready made: were it made when first needed, the first name that nobody has
would take twice as long as the next."""


class Busy(SoundingsError):
    """Too many people sign in at this moment."""

    code, status = "too_busy", 503


def make(password: str) -> str:
    """The hash of a password, to be stored."""
    with _turn():
        return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether a password is the stored one; None stands for a person who does not exist and costs the same time."""
    if len(password) > LONGEST:
        return False
    hashed = stored if stored is not None else _nobodys()
    with _turn():
        try:
            _hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    try:
        return _hasher.check_needs_rehash(stored)
    except InvalidHashError:
        return True


def random_password() -> str:
    """A first password, to be shown once: 18 letters without those that look alike, in groups for reading aloud."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(6)) for _ in range(3))


def first_until(settings: Settings, now: datetime) -> datetime:
    """Until when a first password opens; its owner changes it before."""
    return now + timedelta(hours=settings.first_password_hours)


def check_new(password: str, login: str) -> None:
    """Refuse a password that is too short, too long, common, easily guessed, or the person's own name.

    Raises  InvalidInput for `new_password`
    """
    plain = password.strip().lower()
    if len(password) < SHORTEST:
        raise InvalidInput({"new_password": "password_too_short"}, least=SHORTEST)
    if len(password) > LONGEST:
        raise InvalidInput({"new_password": "password_too_long"}, most=LONGEST)
    if plain in COMMON or len(set(plain)) < 4 or (login and login.lower() in plain) or _score(password, login) < GUESSABLE:
        raise InvalidInput({"new_password": "password_too_easy"})


def strength(password: str, login: str) -> int:
    """How hard a password is to guess, 0 to 4; only 4 is taken, and what is too short or common never gets there."""
    try:
        check_new(password, login)
    except InvalidInput:
        return min(_score(password, login), GUESSABLE - 1) if password else 0
    return GUESSABLE


def _score(password: str, login: str) -> int:
    # its lists take a third of a second to load, and only who changes a password needs them
    from zxcvbn import zxcvbn  # type: ignore[import-untyped]  # ships no types

    return int(zxcvbn(password[:LOOKED_AT], user_inputs=[login, "soundings"])["score"])


def _nobodys() -> str:
    if outdated(_nobody[0]):
        _nobody[0] = make(secrets.token_urlsafe(16))
    return _nobody[0]


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise Busy
    try:
        yield
    finally:
        _turns.release()
