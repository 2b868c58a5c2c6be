"""The list stays quick however many cases are settled: open ones are found through their own indexes."""

import pytest
from sqlalchemy import event, text

from portal.foundation.ids import new_id
from portal.people.rules.roles import EVERYTHING
from scheduler.cases import listing
from scheduler.cases.store.listing import Filter
from tests.conftest import NOON
from tests.scheduler.cases.desk import Desk

pytestmark = pytest.mark.sqlite_only


@pytest.mark.parametrize(
    ("view", "index"),
    [
        ("open", "ix_case_open_by_due"),
        ("overdue", "ix_case_open_by_due"),
        ("mine", "ix_case_of_owner"),
        ("resolved", "ix_case_resolved"),
    ],
)
def test_open_cases_are_read_through_a_partial_index(desk: Desk, view, index) -> None:
    asked: list[tuple[str, tuple]] = []

    def note(_connection, _cursor, statement, parameters, *_rest) -> None:
        if "FROM case_file" in statement:
            asked.append((statement, parameters))

    database = desk.sample.ground.db
    event.listen(database.engine, "before_cursor_execute", note)
    with database.reading() as session:
        listing.read_page(session, Filter(EVERYTHING, NOON, view, me=new_id()), None)
    event.remove(database.engine, "before_cursor_execute", note)
    [(statement, parameters)] = asked
    with database.reading() as session:
        session.execute(text("SELECT 1"))
        rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    assert any(index in row[3] for row in rows)
