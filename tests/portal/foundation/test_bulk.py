"""Many rows at once: in one go, in portions while more are made, or added to what is there already."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DataError
from sqlmodel import col

from portal.foundation.bulk import bulk_add, inserting
from portal.foundation.db import Database
from portal.foundation.ids import new_id, new_ids
from portal.people.models import OrgUnit
from questionnaires.metrics.models import FunnelDay
from tests.conftest import NOON


def _units(first: int, end: int) -> list[dict[str, Any]]:
    """Every third one is closed, so that a column holds times and nothing."""
    return [
        {"id": key, "code": f"U{n}", "name_zh": f"网点{n}", "name_en": 'a\tb\\c "d"', "kind": "outlet", "calendar": "cn",
         "closed_at": None if n % 3 else NOON}
        for n, key in zip(range(first, end), new_ids(end - first), strict=True)
    ]  # fmt: skip


@pytest.mark.parametrize("portions", [(), (0,), (0, 0), (7,), (0, 3, 0, 5)])
def test_portions_are_one_insert(db: Database, portions: Sequence[int]) -> None:
    made = 0
    with db.writing() as session:
        with inserting(session, OrgUnit) as put:
            for size in portions:
                put(_units(made, made + size))
                made += size
        assert session.scalar(select(func.count()).select_from(OrgUnit)) == made, "the session goes on afterwards"
    with db.reading() as session:
        rows = session.execute(select(col(OrgUnit.code), col(OrgUnit.name_en), col(OrgUnit.closed_at))).all()
    assert {row[0] for row in rows} == {f"U{n}" for n in range(made)}
    assert {row[1] for row in rows} <= {'a\tb\\c "d"'}
    assert all((row[2] == NOON) is (int(row[0][1:]) % 3 == 0) for row in rows)


def test_who_fails_between_two_portions_leaves_nothing(db: Database) -> None:
    def fail() -> None:
        with db.writing() as session, inserting(session, OrgUnit) as put:
            put(_units(0, 500))
            raise KeyError("weighed")

    with pytest.raises(KeyError, match="weighed"):
        fail()
    with db.writing() as session:
        assert session.scalar(select(func.count()).select_from(OrgUnit)) == 0, "and the next transaction works"


def _step(unit: UUID, n: int, code: str = "") -> dict[str, Any]:
    return {"day": date(2026, 6, 1), "unit_id": unit, "touchpoint": "loan", "channel": "sms", "step": "invited", "code": code, "n": n}


def test_counts_are_added_to_the_row_with_their_key(db: Database) -> None:
    here, there = new_id(), new_id()
    spelled = 'a"b\\c,{d}NULL'  # what an array of PostgreSQL's would be cut at, were it not escaped
    with db.writing() as session:
        bulk_add(session, FunnelDay, [_step(here, 2), _step(there, 1)], ("n",))
        bulk_add(session, FunnelDay, [_step(here, 3), _step(here, 1, "PENDING"), _step(here, 4, spelled), _step(there, 1, "NULL")], ("n",))
        bulk_add(session, FunnelDay, [], ("n",))
    with db.reading() as session:
        found = {(row.unit_id, row.code): row.n for row in session.scalars(select(FunnelDay))}
    assert found == {(here, ""): 5, (there, ""): 1, (here, "PENDING"): 1, (here, spelled): 4, (there, "NULL"): 1}


def test_a_text_that_is_too_long_is_refused_not_cut(db: Database) -> None:
    if db.dialect == "sqlite":
        pytest.skip("SQLite keeps texts of any length")
    with pytest.raises(DataError), db.writing() as session:
        bulk_add(session, FunnelDay, [_step(new_id(), 1, "x" * 1000)], ("n",))
