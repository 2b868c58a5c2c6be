"""Errors that use cases raise: a stable code, a status and facts; the words are made at the edge."""

from collections.abc import Mapping
from typing import Any


class SoundingsError(Exception):
    """Something a person or a program can be told about.

    `code` is stable and is the translation key; `status` is the HTTP status; `facts` fill the words and hold no personal data.
    """

    code = "unknown_error"
    status = 500

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code)
        self.facts: dict[str, Any] = facts


class NotFound(SoundingsError):
    """There is no such thing, or the person may not know of it."""

    code, status = "not_found", 404


class Forbidden(SoundingsError):
    """The person's roles do not allow this."""

    code, status = "forbidden", 403


class NotSignedIn(SoundingsError):
    """Nobody is signed in, or the key is missing or wrong."""

    code, status = "not_signed_in", 401


class Conflict(SoundingsError):
    """Somebody else changed it first, or it is not in a state that allows this."""

    code, status = "conflict", 409


class TooLarge(SoundingsError):
    """The body is larger than what is accepted."""

    code, status = "too_large", 413


class WrongMediaType(SoundingsError):
    """The body is of a kind that is not read here."""

    code, status = "wrong_media_type", 415


class MalformedBody(SoundingsError):
    """The body can't be read at all."""

    code, status = "malformed_body", 400


class InvalidInput(SoundingsError):
    """The input was read and refused; `fields` maps a field's name to the code of what is wrong with it."""

    code, status = "invalid_input", 422

    def __init__(self, fields: Mapping[str, str] | None = None, **facts: Any) -> None:
        super().__init__(**facts)
        self.fields: dict[str, str] = dict(fields or {})
