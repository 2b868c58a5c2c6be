"""Cookies of staff: signed as Flask does it, and none at all on customers' pages."""

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

WITHOUT_SESSION = ("/s/", "/q/")
"""Customers' pages: the link is the secret, so nothing is opened, signed or set there."""


class Unsaved(SecureCookieSession):
    """What is written into it is gone with the request: an error page may ask for a token there, and sets no cookie."""


class StaffSessions(SecureCookieSessionInterface):
    """Flask's sessions, the signer made once, and closed where a customer answers."""

    def __init__(self) -> None:
        self._signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer; the secret does not change while a process runs."""
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of the cookie; on customers' pages an empty one that is never saved."""
        if request.path.startswith(WITHOUT_SESSION):
            return Unsaved()
        return super().open_session(app, request)

    def is_null_session(self, obj: object) -> bool:
        """Whether there is nothing to save."""
        return isinstance(obj, Unsaved) or super().is_null_session(obj)
