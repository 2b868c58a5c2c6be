"""The whole loop in a browser: an officer's submission, a customer's low score and an idea become one issue, fixed and verified by the
figure itself; all who brought it are told, the second part of the award is paid, and the story stands on both home pages."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update
from sqlmodel import select

from officers.ideas.campaign_models import IssueNews, IssueTold
from officers.ideas.models import Idea
from officers.people.models import OfficerNotice
from officers.points.models import PointEntry
from portal.audit.trail import Actor
from portal.people.models import Customer
from portal.people.rules.roles import EVERYTHING, Role
from questionnaires.answering.models import Response, Score
from questionnaires.library.models import QuestionnaireVersion
from questionnaires.metrics.jobs import roll_up
from scheduler.cases.models import Case
from scheduler.improvement import register
from scheduler.improvement.models import Issue
from tests.bank import Sample
from tests.browser import PHONE
from tests.flows.conftest import Served
from tests.officers.work.world import World
from tests.processes import until

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only, pytest.mark.deep, pytest.mark.timeout(300)]
DAYS = 25


def _submission(served: Served) -> UUID:
    """Work of an officer who signs in, handed in and approved: the first half of its points is paid."""
    sample = Sample(served.ground, served.units)
    sample.users[(Role.CASE_HANDLER.value, "O3")] = served.user("officer.o3", Role.CASE_HANDLER, "O3")
    world = World(sample)
    officer = world.officer("O3", staff=True)
    handed_in = world.hand_in(officer, world.task(unit_id=served.units["HO"]))
    world.decide(handed_in)
    return handed_in


def _answers(served: Served, low: int, high: int, at: datetime, customer: Customer | None = None) -> None:
    with served.ground.writing() as session:
        version = session.scalars(select(QuestionnaireVersion)).first()
        assert version is not None
        for n in range(low + high):
            row = Response(
                version_id=version.id, unit_id=served.units["O1"], touchpoint="loan", channel="file", answers={},
                started_at=at - timedelta(minutes=1), submitted_at=at, person_id=customer.person_id if customer else None,
                customer_id=customer.id if customer else None, followed_up_at=None if customer else at,
            )  # fmt: skip
            session.add(row)
            session.flush()
            session.add(Score(response_id=row.id, indicator="nps", value=1 if n < low else 10))
    roll_up(served.ground, datetime.now(UTC))


def _first(served: Served, model: type, keep: Callable[[object], bool] = lambda _row: True):  # type: ignore[no-untyped-def]
    with served.ground.reading() as session:
        return next((row for row in session.scalars(select(model)).all() if keep(row)), None)


def _step(page: Page, address: str, name: str, button: str, **words: str) -> None:
    page.goto(f"{address}/{name}")
    for field, text in words.items():
        page.locator(f"[name={field}]").fill(text)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text("Saved").first).to_be_visible()


def test_what_three_people_saw_is_fixed_verified_told_and_paid(served: Served) -> None:
    submission = _submission(served)
    now = datetime.now(UTC)
    customer = _first(served, Customer, lambda row: row.ref == "C-1")
    _answers(served, 1, 0, now, customer)
    until(lambda: _first(served, Case) is not None, seconds=40, what="a case of the low score")
    case = _first(served, Case)

    # a colleague has an idea; the desk opens it; another colleague votes
    served.user("thinker.o2", Role.CASE_HANDLER, "O2")
    served.user("programme.ho", Role.OFFICER_MANAGER, "HO")
    served.user("analyst.ho", Role.ANALYST, "HO")
    thinker, desk, voter = served.signed_in("thinker.o2"), served.signed_in("programme.ho"), served.signed_in("analyst.ho")
    thinker.goto(f"{served.url}/portal/officers/ideas/new")
    thinker.get_by_label("Your idea in one sentence").fill("One list of papers for loans")
    thinker.get_by_role("button", name="Send the idea").click()
    expect(thinker.get_by_text("the desk looks at it first").first).to_be_visible()
    idea = _first(served, Idea)
    desk.goto(f"{served.url}/portal/officers/idea-desk/{idea.id}")
    desk.get_by_role("button", name="Open for votes").click()
    expect(desk.get_by_text("Nothing waits here")).to_be_visible()
    voter.goto(f"{served.url}/portal/officers/ideas/{idea.id}")
    voter.get_by_role("button", name="Vote", exact=True).click()
    expect(voter.get_by_text("Your vote counts.").first).to_be_visible()

    # the outlet's manager makes one issue of all three
    manager = served.signed_in("manager.o1")
    manager.goto(f"{served.url}/portal/issues/new?case={case.number}")
    manager.locator("[name=title]").fill("Papers for a loan are asked for twice")
    manager.locator("input[name=kind][value=pain_point]").check(force=True)
    for field in ("unit_id", "measured_unit_id"):
        manager.locator(f"select[name={field}]").select_option(str(served.units["O1"]), force=True)
    manager.get_by_role("button", name="Put on the register").click()
    expect(manager.get_by_text("On the register").first).to_be_visible()
    issue = _first(served, Issue)
    address = f"{served.url}/portal/issues/{issue.number}"
    manager.locator("form[action$='/links'] [name=number]").fill(idea.number)
    manager.get_by_role("button", name="Tie", exact=True).click()
    expect(manager.get_by_text(idea.number).first).to_be_visible()
    with served.ground.writing() as session:
        who = register.Editor(Actor("user", str(served.users["manager.o1"])), EVERYTHING, "Asia/Shanghai")
        assert register.tie(session, issue.id, "submission", submission, who, now)

    # analysed, planned, fixed; then the days pass
    _answers(served, 30, 6, now - timedelta(days=DAYS + 3))
    _step(manager, address, "analyse", "Write down the analysis", analysis="Two lists differ")
    due = (now + timedelta(days=9)).date()
    _step(manager, address, "plan", "Set the plan", plan="One list", fix_due_on=str(due), verify_on=str(due + timedelta(days=30)))
    _step(manager, address, "fix", "Mark as fixed", lasting_measure="The list is in the system")
    with served.ground.writing() as session:
        session.execute(update(Issue).values(fixed_at=now - timedelta(days=DAYS)))
    _answers(served, 1, 60, now - timedelta(days=5))

    # verified by the figure, by somebody else
    voter.goto(f"{address}/verify")
    voter.locator("[name=story]").fill("Customers bring their papers once.")
    voter.get_by_role("button", name="Verify by the figure").click()
    expect(voter.get_by_text("Verified").first).to_be_visible()
    until(lambda: not _left_to_tell(served), seconds=60, what="the news of four steps and three ties")

    # told: the officer in the zone, the customer, the thinker and the voter in the portal; and paid
    with served.ground.reading() as session:
        told = set(
            session.scalars(select(IssueTold.who).join(IssueNews, IssueNews.id == IssueTold.news_id).where(IssueNews.step == "verify"))
        )
        paid = sorted((row.kind, row.amount) for row in session.scalars(select(PointEntry)).all())
    users = {f"user:{served.users[login].hex}" for login in ("officer.o3", "thinker.o2", "analyst.ho")}
    assert told == {*users, f"customer:{customer.person_id.hex}"}
    assert paid == [("award", 15), ("second", 15)], "20 × 1.5 in two halves"
    assert _first(served, OfficerNotice, lambda row: row.code == "issue_verify") is not None
    thinker.goto(f"{served.url}/portal/my-day")
    expect(thinker.get_by_text("Papers for a loan are asked for twice").first).to_be_visible()

    # and the story stands on both home pages
    thinker.goto(f"{served.url}/portal/")
    expect(thinker.get_by_role("link", name="Papers for a loan are asked for twice")).to_be_visible()
    officer = served.signed_in("officer.o3", PHONE)
    officer.goto(f"{served.url}/officers")
    officer.get_by_role("link", name="Papers for a loan are asked for twice").click()
    expect(officer.get_by_text("Customers bring their papers once.")).to_be_visible()
    expect(officer.get_by_text(re.compile(r"n 6[12]")).first).to_be_visible()


def _left_to_tell(served: Served) -> list[str]:
    with served.ground.reading() as session:
        news = session.scalars(select(IssueNews)).all()
        assert {"tied", "analyse", "plan", "fix", "verify"} <= {row.step for row in news}
        return [row.step for row in news if row.done_at is None]
