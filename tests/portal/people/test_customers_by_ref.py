"""Customers by reference: unknown ones become stubs, once, whoever asks at the same time."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b

from sqlalchemy import event
from sqlmodel import Session, select

from portal.foundation.crypto import Keys
from portal.foundation.db import Database
from portal.people import customers
from portal.people.models import Customer, ErasedRef
from tests.bank import Sample
from tests.conftest import NOON


def test_unknown_references_become_stubs_that_are_their_own_person(db: Database) -> None:
    with db.writing() as session:
        found = customers.customers_by_ref(session, ["A", "B", "A"], NOON)
    assert set(found) == {"A", "B"}
    for key in found.values():
        assert key.id == key.person_id
        assert key.shard == blake2b(key.id.bytes, digest_size=1).digest()[0]
        assert key.unit_id is None
    with db.reading() as session:
        assert {(row.ref, row.origin) for row in session.exec(select(Customer))} == {("A", "stub"), ("B", "stub")}


def test_known_references_keep_their_row(sample: Sample, db: Database) -> None:
    known = sample.customer("A")
    with db.writing() as session:
        found = customers.customers_by_ref(session, ["A", "B"], NOON, origin="replay")
    assert found["A"].id == known.id
    assert found["A"].unit_id == sample.units["O1"]


def test_no_references_ask_nothing(db: Database) -> None:
    with db.writing() as session:
        assert customers.customers_by_ref(session, [], NOON) == {}


def test_an_erased_reference_stays_away_where_keys_are_given(db: Database, keys: Keys) -> None:
    with db.writing() as session:
        session.add(ErasedRef(ref_hash=customers.ref_hash(keys, "GONE"), erased_at=NOON))
    with db.writing() as session:
        found = customers.customers_by_ref(session, ["GONE", "NEW"], NOON, keys=keys)
    assert set(found) == {"NEW"}


def test_the_number_of_statements_does_not_grow_with_the_batch(db: Database, keys: Keys) -> None:
    counts = []
    for size in (10, 3000):
        seen: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_rest: object, seen: list[str] = seen) -> None:
            if not statement.startswith("BEGIN"):
                seen.append(statement)

        with db.writing() as session:
            event.listen(db.engine, "before_cursor_execute", note)
            found = customers.customers_by_ref(session, [f"{size}-{n}" for n in range(size)], NOON, keys=keys)
            event.remove(db.engine, "before_cursor_execute", note)
        assert len(found) == size
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_two_writers_that_meet_end_with_one_row_each(db: Database) -> None:
    refs = [f"R{n:03}" for n in range(200)]

    def ask(order: int) -> dict[str, customers.CustomerKey]:
        with db.writing() as session:
            return customers.customers_by_ref(session, refs[::order], NOON)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, [1, -1, 1, -1]))
    assert all(answer == answers[0] for answer in answers)
    with db.reading() as session:
        assert _count(session) == 200


def _count(session: Session) -> int:
    return len(session.exec(select(Customer.id)).all())
