"""Low answers and reviews that nobody can be called about gather on the improvement register."""

from portal.foundation.ids import new_id
from questionnaires.analysis.models import Feedback
from scheduler.cases.checks import check_cases
from scheduler.cases.models import Case, FeedbackTrigger
from scheduler.improvement import unreachable
from scheduler.improvement.models import Issue, IssueLink, IssueStep
from scheduler.improvement.store import issues as store
from tests.conftest import NOON
from tests.scheduler.cases.conftest import desk
from tests.scheduler.cases.desk import Desk

__all__ = ["desk"]


def test_they_are_one_issue_of_the_unit_and_touchpoint_with_its_manager_as_owner(desk: Desk) -> None:
    assert unreachable.WATCH.user_id is None
    owner = desk.sample.user("outlet_manager", "O1")
    first = desk.answer(None, source="self_chosen", score=1)
    desk.follow_up()
    [issue] = desk.all(Issue)
    assert (issue.owner_id, issue.unit_id, issue.touchpoint, issue.state) == (owner, desk.sample.units["O1"], "counter", "found")
    assert issue.title == "柜面服务：无联系方式的低分反馈"
    again = desk.answer(None, source="self_chosen", score=2)
    review = Feedback(
        channel="app_store", ref=new_id().hex, words="slow", stars=1, unit_id=desk.sample.units["O1"], touchpoint="counter",
        taken_by="api", said_at=NOON, received_at=NOON,
    )  # fmt: skip
    told = review.id
    with desk.sample.ground.writing() as session:
        session.add(review)
    desk.follow_up()
    assert [(one.id, one.number) for one in desk.all(Issue)] == [(issue.id, issue.number)]
    assert {(one.kind, one.object_id) for one in desk.all(IssueLink)} == {("response", first), ("response", again), ("feedback", told)}
    assert sorted(one.act for one in desk.all(IssueStep)) == ["found", "tied", "tied", "tied"]
    assert ([one.reason for one in desk.all(FeedbackTrigger)], desk.all(Case)) == (["no_contact"], [])
    with desk.sample.ground.writing() as session:
        held = store.lock(session, issue.id)
        assert held is not None
        held.state, held.wont_reason = "wont_fix", "done otherwise"
    desk.answer(None, source="self_chosen", score=0)
    desk.follow_up()
    assert len(desk.all(Issue)) == 2, "a settled issue gathers no more"
    assert check_cases(desk.sample.ground).violations == []


def test_where_nobody_manages_the_unit_only_the_reason_is_kept(desk: Desk) -> None:
    answer = desk.answer(None, source="self_chosen", score=1)
    desk.follow_up()
    assert desk.all(Issue) == []
    assert [one.reason for one in desk.triggers(answer)] == ["no_contact"]
