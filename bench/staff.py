"""A member of staff who is signed in, for benchmarks of staff pages."""

from datetime import datetime
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from portal.foundation.ground import Ground
from portal.people.access_models import StaffSession


def signed_in(app: Flask, ground: Ground, user_id: UUID, now: datetime) -> FlaskClient:
    """A client with a session of its own, begun at a moment; no log-in page is asked."""
    client = app.test_client()
    with ground.writing() as session:
        own = StaffSession(user_id=user_id, method="password", started_at=now, seen_at=now)
        session.add(own)
        session.flush()
        whose = f"{user_id}:0:{own.id}"
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = whose, True
    return client
