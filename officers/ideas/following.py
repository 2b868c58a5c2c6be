"""What became of it is told: an issue's steps to those who brought it and voted, an idea's steps to its author; *verified* pays.

Hooks write rows in the step's own transaction; jobs read them and tell some people a transaction, so that a popular idea holds up
nobody, and whoever was told before the program was killed is not told again.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from officers.ideas.campaign_models import IssueNews
from officers.ideas.models import Idea, IdeaStep
from officers.ideas.store import ideas as store
from officers.ideas.store import news as news_store
from officers.ideas.store import votes as vote_store
from officers.ideas.store.news import Reader
from officers.ideas.telling import Means, News, authors, each_once, tell
from officers.points import awarding
from portal.foundation.ground import Ground
from scheduler.cases import links as case_links
from scheduler.improvement.hooks import Happening, Tied
from scheduler.improvement.models import Issue
from scheduler.improvement.rules.states import State
from scheduler.improvement.rules.states import Step as IssueStep
from scheduler.improvement.store import issues as issue_store

BATCH, PEOPLE = 20, 50
"""Steps a run, and people a transaction."""
TIED = "tied"
SETTLED = {State.VERIFIED.value: IssueStep.VERIFY.value, State.WONT_FIX.value: IssueStep.DECLINE.value}
"""What those are told whose submission, idea, answer or case is tied to an issue that is settled already."""
TO_VOTERS = frozenset({"adopt", "implement", "decline"})


def follow_issue(happening: Happening) -> None:
    """Write down that an issue took a step; registered with the register at import."""
    news_store.add(happening.session, happening.issue.id, happening.step.value, happening.now)


def follow_tie(tied: Tied) -> None:
    """Write down that an issue was seen in something: those behind it are told that it is looked into."""
    if tied.kind in news_store.TOLD:
        step = SETTLED.get(tied.issue.state, TIED)
        news_store.add(tied.session, tied.issue.id, step, tied.now, tied.kind, tied.object_id)


def tell_news(ground: Ground, now: datetime) -> int:
    """Tell of the steps of issues, and pay what *verified* pays. Safe to run twice: nobody is told or paid twice."""
    means = Means(ground.settings, ground.keys, now)
    with ground.reading() as session:
        waiting = news_store.to_tell(session, BATCH)
    return _in_portions(ground, waiting, means, _tell_some)


def _in_portions(ground: Ground, waiting: Sequence[UUID], means: Means, some: Callable[[Session, UUID, Means], bool]) -> int:
    """Tell some people a transaction, until `some` says that nobody is left to tell; returns how many waited."""
    for row_id in waiting:
        more = True
        while more:
            with ground.writing() as session:
                more = some(session, row_id, means)
    return len(waiting)


def _tell_some(session: Session, news_id: UUID, means: Means) -> bool:
    """Tell the next few of one step; False when all are told, or another process is at it."""
    row = news_store.hold(session, news_id)
    if row is None:
        return False
    issue = issue_store.of_ids(session, [row.issue_id])[row.issue_id]
    links = news_store.links(session, issue.id, row.kind, row.object_id)
    ideas = news_store.with_merged(session, links["idea"])
    if row.told_to is None and row.step == IssueStep.VERIFY:
        _pay(session, links["submission"], ideas, means.now)
    people = each_once(_brought(session, links, ideas, means)) if not row.told_to else []
    fresh = news_store.not_told(session, row, people)[:PEOPLE]
    row.told_to = row.told_to or ""
    if not fresh:
        voters = vote_store.voters(session, [one.id for one in ideas], row.told_to, PEOPLE)
        if not voters:
            row.done_at = means.now
            return False
        row.told_to = voters[-1].who
        people = each_once([Reader(one.who, one.user_id, one.customer_id, one.officer_id) for one in voters])
        fresh = news_store.not_told(session, row, people)
    news_store.mark_told(session, row.id, fresh, means.now)
    tell(session, fresh, _of_issue(row, issue), means)
    return True


def _of_issue(row: IssueNews, issue: Issue) -> News:
    step, verified = row.step, row.step == IssueStep.VERIFY
    facts = {"number": issue.number, "title": issue.title, "step": step}
    zone = f"/officers/highlights/{issue.number}" if verified else ""
    portal = f"/portal/officers/highlights/{issue.number}" if verified else f"/portal/issues/{issue.number}"
    return News(f"issue:{row.id.hex}", f"issue_{step}", "issue_step", facts, zone, portal, step)


def _pay(session: Session, submissions: Sequence[UUID], ideas: Sequence[Idea], now: datetime) -> None:
    for source in [f"submission:{one}" for one in submissions] + [f"idea:{one.id}" for one in ideas]:
        awarding.verified(session, source, now)


def _brought(session: Session, links: dict[str, list[UUID]], ideas: Sequence[Idea], means: Means) -> list[Reader]:
    """Those who brought an issue, each with a page of their own where there is one."""
    found = [*news_store.officers_of_submissions(session, links["submission"]), *authors(session, means.keys, ideas)]
    for case in issue_store.cases(session, links["case"]).values():
        if (reader := news_store.customer(session, case.customer_id)) is not None:
            page = case_links.page_of(session, means.keys, case, means.now)["page"]
            found.append(reader._replace(page=page))
    return [
        *found,
        *news_store.customers_of_complaints(session, links["complaint"]),
        *news_store.customers_of_answers(session, links["response"]),
    ]


def tell_steps(ground: Ground, now: datetime) -> int:
    """Tell authors what became of their ideas, and voters how it ended. Hidden ideas are not spoken of."""
    means = Means(ground.settings, ground.keys, now)
    with ground.reading() as session:
        waiting = store.steps_to_tell(session, 5 * BATCH)
    return _in_portions(ground, waiting, means, _tell_step)


def _tell_step(session: Session, step_id: UUID, means: Means) -> bool:
    """Tell the author of one step, then some voters at a time; the row is held, and says how far it came."""
    step = store.hold_step(session, step_id)
    idea = store.by_id(session, step.idea_id) if step is not None else None
    if step is None or idea is None:
        return False
    if idea.hidden_at is not None:
        step.told_at = means.now
        return False
    own = authors(session, means.keys, [idea])
    if step.told_to is None:
        step.told_to, readers = "", own
    else:
        voters = vote_store.voters(session, [idea.id], step.told_to, PEOPLE) if step.act in TO_VOTERS else []
        if not voters:
            step.told_at = means.now
            return False
        step.told_to, known = voters[-1].who, {one.who for one in own}
        readers = [Reader(one.who, one.user_id, one.customer_id, one.officer_id) for one in voters if one.who not in known]
    tell(session, readers, _of_idea(step, idea), means)
    return True


def _of_idea(step: IdeaStep, idea: Idea) -> News:
    facts = {"number": idea.number, "title": idea.title, "step": step.act, "grade": idea.grade or ""}
    zone, portal = f"/officers/ideas/{idea.id}", f"/portal/officers/ideas/{idea.id}"
    return News(f"idea:{step.id.hex}", f"idea_{step.act}", "idea_step", facts, zone, portal, f"idea_{step.act}")
