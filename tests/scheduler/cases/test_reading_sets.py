"""What pages of cases read, in sets, on both databases."""

from datetime import timedelta

from sqlalchemy import event

from portal.people.rules.roles import EVERYTHING, Scope
from scheduler.cases import listing
from scheduler.cases.store import bulk as bulk_store
from scheduler.cases.store import customer as customer_store
from scheduler.cases.store import notices as notice_store
from scheduler.cases.store import reporting
from scheduler.cases.store.listing import Filter
from scheduler.cases.work_models import CaseTask
from tests.conftest import NOON
from tests.scheduler.cases.desk import Desk


def test_a_customers_past_is_one_statement(desk: Desk, clock) -> None:
    first = desk.case(unit="O2")
    with desk.sample.ground.writing() as session:
        session.add(CaseTask(case_id=first.id, words="call on Friday", promised=True, created_at=NOON))
    desk.answer(source="self_chosen", score=8)
    clock.forward(timedelta(hours=1))
    case = desk.case(unit="O1")
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    engine = desk.sample.ground.db.engine
    event.listen(engine, "before_cursor_execute", note)
    with desk.sample.ground.reading() as session:
        found = customer_store.past(session, case, EVERYTHING, clock.now(), NOON - timedelta(days=365), 6)
    event.remove(engine, "before_cursor_execute", note)
    assert len([one for one in seen if one.lstrip().upper().startswith(("SELECT", "WITH"))]) == 1
    assert {(one.what, one.about) for one in found} >= {("case", "low_score"), ("promise", "call on Friday"), ("self", "counter")}
    assert all(one.at.tzinfo is not None for one in found)


def test_the_list_and_the_figures_are_read_in_a_few_statements(desk: Desk, clock) -> None:
    owner, now = desk.sample.user("outlet_manager", "O1"), clock.now()
    solved, other = desk.to_resolved(desk.case("C1")), desk.case("C2", unit="O3")
    asked = reporting.Asked(EVERYTHING, NOON - timedelta(days=1), NOON + timedelta(days=1), now)
    with desk.sample.ground.writing() as session:
        bulk_store.keep_filter(session, owner, "mine", {"view": "mine"}, now)
        bulk_store.keep_filter(session, owner, "mine", {"view": "all"}, now)
        whole = reporting.totals(session, asked)
        assert (whole.opened, whole.still_open, whole.resolved, whole.resolved_in_time, whole.contacted_in_time) == (2, 1, 1, 1, 1)
        assert {unit for unit, _sums in reporting.by_unit(session, asked)} == {solved.unit_id, other.unit_id}
        assert [code for code, _sums in reporting.by_kind(session, asked)] == ["low_score"]
        assert {code for code, _sums in reporting.by_cause(session, asked)} == {"process", None}
        assert listing.badges(session, EVERYTHING, owner, now) == {"open": 1, "mine": 0, "overdue": 0}
        page = listing.read_page(session, Filter(Scope(unit_ids=(other.unit_id,)), now, "all", kind="low_score"), None)
        assert [line.case.number for line in page.lines] == [other.number]
        assert [row.query for row in bulk_store.filters(session, owner)] == [{"view": "all"}]
        assert notice_store.unread(session, owner) == len(notice_store.newest(session, owner, 10)) > 0
        assert notice_store.mark_read(session, owner, now) > 0
