"""The database keeps aware times, loses no update and takes any number of ids in one parameter."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import StatementError
from sqlmodel import Session, col

from portal.foundation.db import Database, ids_in, ids_listed, insert_rows, keys_in, keys_named
from portal.foundation.ids import new_id, new_ids
from portal.foundation.queries import Query
from portal.people.models import OrgUnit
from scheduler.cases.models import CaseNumber
from tests.conftest import NOON


def _units(session: Session, count: int) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {"id": key, "code": f"U{n}", "name_zh": "", "name_en": "", "kind": "outlet", "calendar": "cn"}
        for n, key in enumerate(new_ids(count))
    ]
    insert_rows(session, OrgUnit, rows)
    return rows


def test_times_come_back_aware_and_in_utc(db: Database) -> None:
    with db.writing() as session:
        session.add(OrgUnit(code="X", name_zh="", name_en="", kind="outlet", closed_at=NOON))
    with db.reading() as session:
        closed = session.scalars(select(col(OrgUnit.closed_at))).one()
    assert closed == NOON
    assert closed is not None
    assert closed.tzinfo is UTC


def test_a_naive_time_is_refused(db: Database) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001  # the point of the test
    with pytest.raises(StatementError, match="naive"), db.writing() as session:
        session.add(OrgUnit(code="X", name_zh="", name_en="", kind="outlet", closed_at=naive))


def test_any_number_of_ids_is_one_parameter(db: Database) -> None:
    with db.writing() as session:
        rows = _units(session, 300)
    seen: list[object] = []
    event.listen(db.engine, "before_cursor_execute", lambda *arguments: seen.append(arguments[3]))
    with db.reading() as session:
        wanted = [row["id"] for row in rows[:250]] + [new_id()]
        found = session.scalars(select(col(OrgUnit.id)).where(ids_in(col(OrgUnit.id), wanted))).all()  # type: ignore[arg-type]
        named = session.scalars(select(col(OrgUnit.id)).where(keys_in(col(OrgUnit.code), ["U1", "U2", "nowhere'; --"]))).all()
    assert len(found) == 250
    assert len(named) == 2
    assert [len(parameters) for parameters in seen if parameters] == [1, 1]  # type: ignore[arg-type]


def test_simultaneous_writers_lose_no_update(db: Database) -> None:
    with db.writing() as session:
        session.add(CaseNumber(day=NOON.date(), last=0))

    def add() -> None:
        for _ in range(10):
            with db.writing() as session:
                last = session.scalars(select(col(CaseNumber.last)).with_for_update()).one()
                session.execute(update(CaseNumber).values(last=last + 1))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.reading() as session:
        assert session.scalars(select(col(CaseNumber.last))).one() == 40


def test_an_error_undoes_the_whole_transaction(db: Database) -> None:
    def write_and_fail() -> None:
        with db.writing() as session:
            _units(session, 3)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM org_unit")) == 0


def test_ids_are_listed_with_their_places(db: Database) -> None:
    wanted = new_ids(3)
    listed = ids_listed("wanted")
    query = Query(tuple, [listed.c.key, col(OrgUnit.code)], lambda select: select.join_from(listed, OrgUnit, OrgUnit.id == listed.c.value))
    with db.writing() as session:
        insert_rows(session, OrgUnit, [
            {"id": key, "code": f"U{n}", "name_zh": "", "name_en": "", "kind": "outlet", "calendar": "cn"} for n, key in enumerate(wanted)
        ])  # fmt: skip
        found = query.rows(session, wanted=[new_id(), wanted[2], wanted[0]])
    assert sorted(found) == [(1, "U2"), (2, "U0")]


def test_a_question_sees_what_was_added_and_not_yet_sent(db: Database) -> None:
    codes = Query(tuple, [col(OrgUnit.code)], lambda select: select.where(keys_named(col(OrgUnit.code), "codes")))
    with db.writing() as session:
        session.add(OrgUnit(code="X", name_zh="", name_en="", kind="outlet"))
        assert codes.rows(session, codes=["X", "nowhere'; --"]) == [("X",)]
        assert codes.rows(session, codes=[]) == []
