"""A channel that came back is left alone until the address is new or a message arrives; the customer's own choice goes first."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from portal.foundation.crypto import Keys
from portal.foundation.db import Database
from portal.people import customers, reach
from portal.people.customer_records import CustomerRecord
from portal.people.models import Customer
from scheduler.contacts.gather import gather
from tests.conftest import NOON


def take(db: Database, keys: Keys, **record: Any) -> Customer:
    with db.writing() as session:
        customers.upsert(session, keys, [CustomerRecord.model_validate({"ref": "C1", **record})], NOON)
        return session.scalars(select(Customer)).one()


def test_a_bounced_address_is_left_alone_until_it_changes(db: Database, keys: Keys) -> None:
    known = take(db, keys, phone="13812345617", email="a@example.com", preferred_channel="sms", consents=[{"given": True}])
    with db.writing() as session:
        assert reach.lost(session, [known.id], "sms", NOON) == 1
        assert reach.lost(session, [known.id], "sms", NOON) == 0
        assert reach.lost(session, [known.id], "email", NOON) == 1
        assert reach.found(session, [known.id], "email", NOON) == 1
    with db.reading() as session:
        person = gather(session, [known.id], NOON, "Asia/Shanghai", since=NOON - timedelta(days=1)).persons[known.id]
    assert (person.channels, person.lost, person.preferred) == (
        frozenset({"file", "app", "wecom", "email", "rcs"}),
        frozenset({"sms"}),
        "sms",
    )
    assert take(db, keys, segment="affluent").unreachable == "sms"
    assert take(db, keys, phone="13812345618").unreachable == ""


@pytest.mark.parametrize(
    ("changed", "left"), [(["phone"], "email"), (["email"], "rcs sms"), ([], "email rcs sms"), (["openid"], "email rcs sms")]
)
def test_a_new_address_may_be_tried_again(changed: list[str], left: str) -> None:
    assert reach.kept("sms email rcs", changed) == left
