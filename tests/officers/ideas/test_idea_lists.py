"""Lists of ideas are read through their indexes in the order they show, so that a page costs the same at any number of rows."""

import pytest
from sqlalchemy import event, text

from officers.ideas.store import ideas as store
from officers.ideas.store.ideas import Filter
from portal.foundation.ids import new_id
from portal.people.rules.roles import EVERYTHING
from tests.conftest import NOON
from tests.officers.ideas.world import Ideas

pytestmark = pytest.mark.sqlite_only
CURSOR = {"new": f"{NOON.isoformat()}~{new_id()}", "top": f"7~{new_id()}"}


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({}, "ix_idea_newest"),
        ({"sort": "top"}, "ix_idea_top"),
        ({"state": "screened"}, "ix_idea_newest_in_state"),
        ({"state": "adopted", "sort": "top"}, "ix_idea_top_in_state"),
        ({"campaign_id": new_id()}, "ix_idea_newest_of_campaign"),
        ({"campaign_id": new_id(), "sort": "top"}, "ix_idea_top_of_campaign"),
        (None, "ix_idea_in_state"),
    ],
)
def test_a_page_is_read_in_the_order_of_an_index(ideas: Ideas, wanted: dict | None, index: str) -> None:
    asked: list[tuple[str, tuple]] = []
    database = ideas.sample.ground.db

    def note(_connection, _cursor, statement, parameters, *_rest) -> None:
        if "FROM idea" in statement:
            asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    with database.reading() as session:
        if wanted is None:
            store.to_screen(session, EVERYTHING, NOON, CURSOR["new"])
        else:
            store.page(session, Filter(cursor=CURSOR[wanted.get("sort", "new")], **wanted))
    event.remove(database.engine, "before_cursor_execute", note)
    [(statement, parameters)] = asked
    with database.reading() as session:
        session.execute(text("SELECT 1"))
        plan = [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()]
    assert any(line == f"SEARCH idea USING INDEX {index}" or f"INDEX {index} (" in line for line in plan), plan
    assert not any("TEMP B-TREE" in line for line in plan), plan
