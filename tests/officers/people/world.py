"""Officers for tests, written straight into the tables."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from flask.testing import FlaskClient
from sqlalchemy import event

from officers.people import tickets
from officers.people.models import Officer
from portal.foundation.ground import Ground
from portal.people.rules.roles import Role
from tests.bank import Sample
from tests.conftest import NOON

Result = TypeVar("Result")


def counted(ground: Ground, deed: Callable[[], Result]) -> tuple[Result, int]:
    """What a deed gives, and how many statements it took."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_args: object) -> None:
        seen.append(statement)

    event.listen(ground.db.engine, "before_cursor_execute", note)
    try:
        return deed(), len(seen)
    finally:
        event.remove(ground.db.engine, "before_cursor_execute", note)


def officer(
    sample: Sample, alias: str, *, user: tuple[Role, str] | None = None, customer: str = "", unit: str = "O1", **columns: Any
) -> Officer:
    """An active officer: the holder of a role, or a customer by reference."""
    who: dict[str, Any] = {"kind": "customer", "customer_id": sample.customer(customer).id} if customer else {}
    if user:
        who = {"kind": "staff", "user_id": sample.user(*user)}
    begun = {"state": "active", "joined_at": NOON - timedelta(days=200), "trained_at": NOON - timedelta(days=200)}
    begun |= {"tier_since": NOON - timedelta(days=200), "applied_at": NOON - timedelta(days=201), "language": "en"}
    row = Officer(alias=alias, unit_id=sample.units[unit], **{**begun, **who, **columns})
    with sample.ground.writing() as session:
        session.add(row)
    return row


def ticket(sample: Sample, ref: str, nonce: str = "n" * 16) -> str:
    """A ticket of the bank's app, made now."""
    return tickets.sign(tickets.key_of_app(sample.ground.keys), ref, sample.ground.now(), nonce)


def come_in(client: FlaskClient, sample: Sample, ref: str, nonce: str = "n" * 16) -> FlaskClient:
    """A browser in which a customer came in by the bank's app."""
    answer = client.get(f"/officers/enter?ticket={ticket(sample, ref, nonce)}")
    assert answer.status_code == 302, answer.text
    return client
