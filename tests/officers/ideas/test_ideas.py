"""An idea's way: sent, screened, voted for, merged, adopted and paid, piloted, at work; and what must not happen."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from officers.club import additions as club
from officers.club.store import moderating as board_words
from officers.ideas import checks, desk, moderation, submitting, voting
from officers.ideas.models import Idea, IdeaStep, IdeaVote
from officers.ideas.rules.states import Step, Wanted
from officers.ideas.store import ideas as store
from officers.ideas.store import votes as vote_store
from officers.ideas.store.ideas import Filter
from officers.ideas.submitting import IdeaRefused, alike
from officers.points import balances
from officers.points.models import PointEntry
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, NotFound
from portal.people.rules.roles import EVERYTHING, Scope
from tests.officers.ideas.world import Ideas

assert club.MENU, "the room is imported, so that its word list holds"


def listed(ideas: Ideas, **wanted) -> list[str]:
    with ideas.sample.ground.reading() as session:
        return [row.title for row in store.page(session, Filter(**wanted))]


def test_an_officers_idea_is_screened_adopted_piloted_implemented_and_paid(ideas: Ideas, clock) -> None:
    officer = ideas.officer()
    author = ideas.staff("case_handler", "O2")
    assert author.officer_id == officer
    idea = ideas.submit("叫号机旁放一把椅子", author, body="老人排队站得久")
    assert listed(ideas) == []
    with pytest.raises(NotFound):
        ideas.vote(idea, ideas.staff())
    idea = ideas.step(idea, Step.SCREEN)
    assert listed(ideas) == ["叫号机旁放一把椅子"]
    assert ideas.vote(idea, ideas.staff())
    assert not ideas.vote(idea, ideas.staff())
    for name in (Step.REVIEW, Step.ADOPT, Step.PILOT, Step.START, Step.IMPLEMENT):
        idea = ideas.step(idea, name)
    assert (idea.state, idea.grade, idea.votes, idea.pilot_result) == ("implemented", "B", 1, "It helped")
    assert sum(row.amount for row in ideas.all(PointEntry)) == 20 + 50 + 20  # half of 40, 50 at work, and the other half: no issue is tied
    clock.forward(timedelta(days=8))
    with ideas.sample.ground.reading() as session:
        assert balances.of(session, officer, clock.now()).pending + balances.of(session, officer, clock.now()).spendable == 90
    assert [row.act for row in ideas.all(IdeaStep) if row.act != "paid"] == [
        "submitted", "screen", "review", "adopt", "pilot", "start", "implement",
    ]  # fmt: skip


def test_nobody_votes_or_decides_for_their_own_idea_and_steps_that_do_not_fit_are_refused(ideas: Ideas) -> None:
    idea = ideas.submit(by=ideas.staff("officer_manager", "HO"))
    with pytest.raises(IdeaRefused, match="idea_is_your_own"):
        ideas.step(idea, Step.SCREEN)
    other = ideas.open("Another one")
    with pytest.raises(IdeaRefused, match="idea_is_your_own"):
        ideas.vote(other, ideas.staff())
    with pytest.raises(IdeaRefused, match="idea_step_does_not_fit"):
        ideas.step(other, Step.IMPLEMENT)
    for name, words, field in (
        (Step.DECLINE, {"reason": ""}, "reason"),
        (Step.MERGE, {"into": ""}, "into"),
        (Step.MERGE, {"into": "JDZ-1"}, "into"),
    ):
        with pytest.raises(InvalidInput) as wrong:
            ideas.step(other, name, **words)
        assert field in wrong.value.fields
    declined = ideas.step(other, Step.DECLINE)
    with pytest.raises(IdeaRefused, match="idea_takes_no_votes"):
        ideas.vote(declined, ideas.customer("C1"))
    assert ideas.step(declined, Step.REOPEN).state == "screened"
    mine = ideas.sample.user("officer_manager", "HO")
    with pytest.raises(IntegrityError), ideas.sample.ground.writing() as session:  # and the table itself refuses it
        session.execute(update(Idea).where(Idea.id == idea.id).values(decided_by=mine))  # type: ignore[arg-type]


def test_votes_move_when_ideas_are_merged_none_twice_and_none_of_the_author(ideas: Ideas) -> None:
    author, other = ideas.customer("A"), ideas.customer("B")
    target, source = ideas.open("Chairs at the counter", author), ideas.open("Seats near the counter", other)
    both, one, own = ideas.customer("C"), ideas.customer("D"), author
    for idea, person in ((target, both), (source, both), (source, one), (source, own)):
        assert ideas.vote(idea, person)
    merged = ideas.step(source, Step.MERGE, into=target.number)
    assert (merged.state, merged.votes, ideas.voters(source)) == ("merged", 0, set())
    assert ideas.voters(target) == {both.who, one.who}
    assert ideas.fresh(target).votes == 2
    third = ideas.open("A third")
    with pytest.raises(IdeaRefused, match="idea_merge_target"):
        ideas.step(third, Step.MERGE, into=source.number)
    with pytest.raises(IdeaRefused, match="idea_merge_target"):
        ideas.step(third, Step.MERGE, into=third.number)
    assert listed(ideas) == ["A third", "Chairs at the counter"]
    assert checks.check_votes(ideas.sample.ground).violations == []
    with ideas.sample.ground.writing() as session:
        session.execute(update(Idea).where(Idea.id == target.id).values(votes=9))  # type: ignore[arg-type]
        session.add(IdeaVote(idea_id=target.id, who=author.who, at=ideas.now))
    assert len(checks.check_votes(ideas.sample.ground).violations) == 2


@pytest.mark.parametrize(
    ("typed", "there"),
    [("网点增加老花镜和放大镜", "给网点配老花镜、放大镜"), ("Show the waiting time on the app", "The app should show the waiting times")],
)
def test_what_says_nearly_the_same_is_shown_while_typing(ideas: Ideas, typed: str, there: str) -> None:
    ideas.open(there)
    ideas.open("Something about fees for transfers 转账手续费")
    hidden = ideas.open(f"{there}!")
    with ideas.sample.ground.writing() as session:
        moderation.hide(session, "idea", hidden.id, ideas.manager, "rude", ideas.now)
    with ideas.sample.ground.reading() as session:
        assert [one.idea.title for one in alike(session, typed)] == [there]
        assert alike(session, "x") == []
        assert alike(session, "完全不同的另一件事情") == []


def test_what_is_hidden_leaks_nowhere(ideas: Ideas) -> None:
    idea, moderator = ideas.open("Secret words about somebody"), Actor("user", str(ideas.sample.user("moderator", "HO")))
    customer, designer = ideas.customer("C1"), ideas.staff("designer", "HO")
    with ideas.sample.ground.writing() as session:
        said = voting.comment(session, idea.id, "a rude comment", customer, ideas.now)
        assert (said.shown_at, vote_store.comments(session, idea.id)) == (None, []), "a customer's first comment waits"
        assert [one.id for one in vote_store.comments(session, idea.id, who=said.who)] == [said.id], "its author sees it"
        assert vote_store.waiting(session, EVERYTHING, ideas.now) == len(vote_store.to_look_at(session, EVERYTHING, ideas.now)) == 1
    with ideas.sample.ground.writing() as session:
        moderation.show(session, "comment", said.id, moderator, ideas.now)
        second = voting.comment(session, idea.id, "the next one", customer, ideas.now)
        assert (second.shown_at, vote_store.waiting(session, EVERYTHING, ideas.now)) == (ideas.now, 0)
        listed_word = voting.comment(session, idea.id, "free L O T T E R Y", designer, ideas.now)
        assert listed_word.shown_at is not None, "no word is listed yet"
        board_words.add_words(session, ["lottery"], None, ideas.now)
        assert voting.comment(session, idea.id, "free L O T T E R Y", designer, ideas.now).shown_at is None
    assert ideas.fresh(idea).comments == 3
    with ideas.sample.ground.writing() as session:
        for one in (said, second, listed_word):
            moderation.hide(session, "comment", one.id, moderator, "rude", ideas.now)
    with ideas.sample.ground.reading() as session:
        assert vote_store.comments(session, idea.id, who="user:x") == []
    assert ideas.fresh(idea).comments == 0
    assert checks.check_votes(ideas.sample.ground).violations == []
    with ideas.sample.ground.writing() as session:
        moderation.hide(session, "idea", idea.id, moderator, "rude", ideas.now)
    with ideas.sample.ground.reading() as session:
        assert store.page(session, Filter()) == store.page(session, Filter(grams=("secret",))) == []
        assert store.counts(session) == {}
        assert store.sharing(session, ["secret", "word"], 5) == []
    with pytest.raises(NotFound):
        ideas.vote(idea, ideas.customer("C1"))
    with ideas.sample.ground.writing() as session:
        moderation.show(session, "idea", idea.id, moderator, ideas.now)
    assert listed(ideas) == ["Secret words about somebody"]


def test_bad_input_is_named_and_nothing_is_written(ideas: Ideas) -> None:
    for new, field in (
        ({"title": " "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"body": "x" * 3001}, "body"),
        ({"phone": "12"}, "phone"),
        ({"campaign": "NONE"}, "campaign"),
    ):
        with pytest.raises(InvalidInput) as wrong:
            ideas.submit(**new)
        assert field in wrong.value.fields
    assert ideas.all(Idea) == []
    for _ in range(submitting.MOST_A_DAY):
        ideas.submit()
    with pytest.raises(IdeaRefused, match="too_many_ideas_today"):
        ideas.submit()
    kept = ideas.submit("With a number", ideas.customer("C9"), phone="13800000000")
    assert kept.phone_enc is not None and b"1380000" not in kept.phone_enc  # noqa: PT018


def test_pages_go_on_by_cursor_and_leave_nothing_out(ideas: Ideas, clock) -> None:
    for n in range(7):
        idea = ideas.open(f"Idea {n}", ideas.customer(f"A{n}"))
        for voter in range(n % 3):
            ideas.vote(idea, ideas.customer(f"V{voter}"))
        clock.forward(timedelta(minutes=1 if n % 2 else 0))
    for sort in ("new", "top"):
        seen, cursor = [], ""
        while True:
            with ideas.sample.ground.reading() as session:
                rows = store.page(session, Filter(sort, cursor=cursor), 2)
            seen += [row.id for row in rows[:2]]
            if len(rows) < 3:
                break
            cursor = store.cursor_of(rows[1], sort)
        assert len(seen) == len(set(seen)) == 7
    assert listed(ideas, cursor="nonsense~x") == listed(ideas)


def test_one_adopted_again_with_another_grade_is_not_paid_twice_and_says_so(ideas: Ideas) -> None:
    ideas.officer()
    idea = ideas.open("A chair at the queue", ideas.staff("case_handler", "O2"))
    for name, words in (
        (Step.REVIEW, {}), (Step.ADOPT, {"grade": "B"}), (Step.DECLINE, {}), (Step.REOPEN, {}), (Step.REVIEW, {}),
        (Step.ADOPT, {"grade": "A"}),
    ):  # fmt: skip
        idea = ideas.step(idea, name, **words)
    assert (idea.state, idea.grade) == ("adopted", "A")
    told = [one.facts for one in ideas.all(IdeaStep) if one.act == "paid"]
    assert len(told) == 2
    assert {"refused": "idea_paid_before"} in told
    assert len([one for one in ideas.all(PointEntry) if one.kind == "award"]) == 1


def test_nothing_is_merged_into_ones_own_idea_or_into_one_of_other_units(ideas: Ideas) -> None:
    author = ideas.staff("outlet_manager", "O3")
    source, own = ideas.open("A bench"), ideas.open("A bench at the door", author)
    with pytest.raises(IdeaRefused, match="idea_is_your_own"):
        ideas.step(source, Step.MERGE, author.actor, into=own.number)
    far = ideas.open("Benches", unit_id=ideas.sample.units["O3"])
    wanted, scope = Wanted(Step.MERGE, into=far.number), Scope(unit_ids=(ideas.sample.units["O1"],))
    with ideas.sample.ground.writing() as session, pytest.raises(InvalidInput):
        desk.take_step(session, source.id, wanted, ideas.manager, scope, ideas.now)
