"""What became of it is told: an issue's steps to those who brought it and voted, an idea's steps to its author; *verified* pays.

Hooks write rows in the step's own transaction; a job reads them, so that a popular idea does not hold up who takes the step.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.ideas.models import Idea
from officers.ideas.store import ideas as store
from officers.ideas.store import news as news_store
from officers.ideas.store import people as people_store
from officers.ideas.store import votes as vote_store
from officers.ideas.store.news import Reader
from officers.people import notices
from officers.points import awarding
from portal.foundation.crypto import Keys
from portal.foundation.ground import Ground
from portal.foundation.settings import Settings
from portal.people.store import lock_persons
from scheduler.cases.telling import Word, tell_staff
from scheduler.contacts.notices import notify
from scheduler.improvement.hooks import Happening
from scheduler.improvement.models import Issue
from scheduler.improvement.rules.states import Step as IssueStep
from scheduler.improvement.store import issues as issue_store

BATCH, VOTERS = 20, 500
NOTICE, PATH = "notice_improvement", "i/s"
FOR_CUSTOMERS = frozenset({IssueStep.FIX.value, IssueStep.VERIFY.value, IssueStep.REOPEN.value, IssueStep.DECLINE.value})
"""Steps that customers get a message of; the others stand on their own page."""
TO_VOTERS = frozenset({"adopt", "implement", "decline"})
ABOUT = {"name_zh": "服务体验改进", "name_en": "our service"}


@dataclass(frozen=True)
class Means:
    """What telling needs besides the session."""

    settings: Settings
    keys: Keys
    now: datetime


@dataclass(frozen=True)
class News:
    """What people are told, in the words of each shell."""

    key: str
    officer_code: str
    staff_what: str
    facts: Mapping[str, Any]
    officer_url: str
    staff_url: str
    customers: bool = True


def follow_issue(happening: Happening) -> None:
    """Write down that an issue took a step; registered with the register at import."""
    news_store.add(happening.session, happening.issue.id, happening.step.value, happening.now)


def tell_news(ground: Ground, now: datetime) -> int:
    """Tell of the steps of issues, and pay what *verified* pays. Safe to run twice: nobody is told or paid twice."""
    with ground.writing() as session:
        waiting = news_store.to_tell(session, BATCH)
        for one in waiting:
            issue = issue_store.of_ids(session, [one.issue_id])[one.issue_id]
            _tell_issue(session, issue, one.id, one.step, Means(ground.settings, ground.keys, now))
            one.done_at = now
    return len(waiting)


def _tell_issue(session: Session, issue: Issue, news_id: UUID, step: str, means: Means) -> None:
    links = news_store.links(session, issue.id)
    ideas = news_store.with_merged(session, links["idea"])
    url = f"/portal/officers/highlights/{issue.number}" if step == IssueStep.VERIFY else f"/portal/issues/{issue.number}"
    zone = f"/officers/highlights/{issue.number}" if step == IssueStep.VERIFY else ""
    news = News(
        f"issue:{news_id.hex}", f"issue_{step}", "issue_step", {"number": issue.number, "title": issue.title, "step": step}, zone, url,
        step in FOR_CUSTOMERS,
    )  # fmt: skip
    readers = [*news_store.officers_of_submissions(session, links["submission"]), *_authors(session, means.keys, ideas)]
    readers += news_store.customers_of_cases(session, [*links["case"], *links["complaint"]])
    readers += news_store.customers_of_answers(session, links["response"])
    _tell_new(session, news_id, readers, ideas, news, means)
    for voters in _voters(session, [one.id for one in ideas]):
        _tell_new(session, news_id, voters, ideas, news, means)
    if step == IssueStep.VERIFY:
        for source in [f"submission:{one}" for one in links["submission"]] + [f"idea:{one.id}" for one in ideas]:
            awarding.verified(session, source, means.now)


def _tell_new(session: Session, news_id: UUID, readers: Sequence[Reader], ideas: Sequence[Idea], news: News, means: Means) -> None:
    """Tell those of some people who were not told of this step before."""
    by_who: dict[str, Reader] = {}
    for one in readers:
        if one.who not in by_who or one.officer_id is not None:
            by_who[one.who] = one
    fresh = news_store.mark_told(session, news_id, list(by_who.values()), means.now)
    pages = {one.who: one for one in ideas}
    tell(session, [one for who, one in by_who.items() if who in fresh], news, pages, means)


def _voters(session: Session, ids: Sequence[UUID]) -> Iterable[list[Reader]]:
    """Voters of some ideas in steps; a person who voted for several comes once more, and is told once."""
    after = ""
    while ids:
        rows = vote_store.voters(session, ids, after, VOTERS)
        if not rows:
            return
        after = rows[-1].who
        yield [Reader(row.who, row.user_id, row.customer_id, row.officer_id) for row in rows]


def _authors(session: Session, keys: Keys, ideas: Sequence[Idea]) -> list[Reader]:
    """Authors who can be told: a guest who left a number, where exactly one customer has it."""
    found = []
    for one in ideas:
        customer = one.customer_id
        if one.author_kind == "guest" and one.phone_enc is not None:
            known = people_store.customers_of_phone(session, keys.blind_indexes("phone", keys.decrypt(one.phone_enc)))
            customer = known[0] if len(known) == 1 else None
        if one.user_id or customer:
            found.append(Reader(one.who, one.user_id, customer, one.officer_id))
    return found


def tell(session: Session, readers: Sequence[Reader], news: News, pages: Mapping[str, Idea], means: Means) -> None:
    """Tell people: officers in their zone, other colleagues in the portal, other customers by message where one may reach them."""
    officers = [one.officer_id for one in readers if one.officer_id]
    if officers:
        notices.tell(session, officers, news.officer_code, news.facts, means.now, url=news.officer_url)
    staff = [one.user_id for one in readers if one.user_id and not one.officer_id]
    facts = {**news.facts, "url": news.staff_url}
    tell_staff(session, [Word(one, news.staff_what, None, news.key, facts) for one in staff], means.now)
    customers = [one for one in readers if one.customer_id and not one.officer_id] if news.customers else []
    persons = people_store.persons_of(session, [one.customer_id for one in customers if one.customer_id])
    lock_persons(session, persons.values())
    for one in customers:
        assert one.customer_id is not None  # filtered
        notify(session, means.settings, one.customer_id, NOTICE, _about(pages.get(one.who), means.now), means.now)


def _about(idea: Idea | None, now: datetime) -> dict[str, Any]:
    """What the message is about; an author gets the link of their own page."""
    facts: dict[str, Any] = {**ABOUT, "occurred_at": now.isoformat()}
    if idea is not None and idea.link_key is not None:
        facts["page"] = {"path": PATH, "id": str(idea.id), "key": idea.link_key}
    return facts


def tell_steps(ground: Ground, now: datetime) -> int:
    """Tell authors what became of their ideas, and voters how it ended. Hidden ideas are not spoken of."""
    means = Means(ground.settings, ground.keys, now)
    with ground.writing() as session:
        steps = store.steps_to_tell(session, 5 * BATCH)
        ideas = store.of_ids(session, {one.idea_id for one in steps})
        for step in steps:
            step.told_at = now
            idea = ideas[step.idea_id]
            if idea.hidden_at is None:
                _tell_idea(session, idea, step.id, step.act, means)
    return len(steps)


def _tell_idea(session: Session, idea: Idea, step_id: UUID, act: str, means: Means) -> None:
    facts = {"number": idea.number, "title": idea.title, "step": act, "grade": idea.grade or ""}
    news = News(f"idea:{step_id.hex}", f"idea_{act}", "idea_step", facts, f"/officers/ideas/{idea.id}", f"/portal/officers/ideas/{idea.id}")
    tell(session, _authors(session, means.keys, [idea]), news, {idea.who: idea}, means)
    if act in TO_VOTERS:
        for voters in _voters(session, [idea.id]):
            tell(session, voters, news, {}, means)
