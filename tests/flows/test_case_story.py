"""The story of a case: low score, called, solved, rated low, reopened, solved again, closed; the customer sees it on his own page."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from portal.audit.trail import Actor
from portal.people.models import Customer
from portal.people.rules.roles import Role
from questionnaires.answering.models import Response, Score
from questionnaires.library import library, lifecycle, shipped
from scheduler.cases import links
from scheduler.cases.checks import check_cases
from scheduler.cases.models import Case
from scheduler.touchpoints.models import EventType, Touchpoint
from tests.flows.conftest import Served
from tests.processes import until

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only, pytest.mark.deep]
WITHIN = 40_000


def _listen(served: Served) -> None:
    """A touchpoint that asks for a re-rating as soon as a case is solved."""
    now, author = datetime.now(UTC), Actor("user", str(served.users["designer"]))
    template = shipped.template("complaint_rerating")
    assert template is not None
    with served.ground.writing() as session:
        new = library.create(session, library.NewQuestionnaire(template.code, template.definition, "cases"), author, now)
        for step in lifecycle.submit(session, new.id, new.draft_revision, author, now):
            roles = frozenset(Role(role) for role in step.roles)
            who = "approver" if Role.APPROVER in roles else "protection"
            lifecycle.approve(session, new.id, new.draft_revision, lifecycle.Decider(served.users[who], roles), "", now)
        lifecycle.publish(session, new.id, new.draft_revision, author, now)
        session.add(EventType(code="case.resolved", name_zh="工单已处理", name_en="Case solved"))
        session.flush()
        session.add(Touchpoint(
            code="rerating", name_zh="复评", name_en="Re-rating", event_type="case.resolved", questionnaire_id=new.id, class_="service",
            delay_minutes=0, channels=["file"], active=True, created_at=now, updated_at=now,
        ))  # fmt: skip


def _low_answer(served: Served) -> None:
    """A low score of the bank's one customer, as the answer page would have left it."""
    now = datetime.now(UTC)
    with served.ground.writing() as session:
        customer = session.scalars(select(Customer).where(Customer.ref == "C-1")).one()
        touchpoint = session.scalars(select(Touchpoint).where(Touchpoint.code == "loan")).one()
        paper = library.get(session, touchpoint.questionnaire_id)
        row = Response(
            version_id=paper.current_version_id, person_id=customer.person_id, customer_id=customer.id, unit_id=served.units["O1"],
            touchpoint="loan", channel="file", answers={}, started_at=now, submitted_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.add(Score(response_id=row.id, indicator="nps", value=2))


def _case(served: Served) -> Case | None:
    with served.ground.reading() as session:
        return session.scalars(select(Case)).first()


def _links(data: Path) -> list[str]:
    texts = [json.loads(path.read_text(encoding="utf-8"))["text"] for path in sorted((data / "outbox").rglob("*.json"))]
    return [found.group(0) for text in texts if (found := re.search(r"http://\S+/s/\S+", text))]


def _solve(manager: Page, address: str) -> None:
    """Take it on, call, write down the solution; each in the form that its button opens."""
    manager.goto(address)
    manager.get_by_role("button", name="Accept the case").first.click()
    expect(manager.get_by_text("Saved").first).to_be_visible()
    manager.goto(f"{address}/contact")
    manager.get_by_label("Spoke with the customer").check()
    manager.get_by_label("What the customer said").fill("内部：客户说材料交了三次")
    manager.get_by_role("button", name="Record first contact").click()
    manager.goto(f"{address}/resolve")
    manager.get_by_label("Root cause").select_option("outlet.waiting")
    manager.get_by_label("What was done").fill("内部：补发清单")
    manager.get_by_label("Result, in words for the customer").fill("材料清单已发给您，无需再跑一趟。")
    manager.get_by_role("button", name="Record the solution").click()
    expect(manager.get_by_text("Resolved").first).to_be_visible()


def test_the_whole_story_of_a_case(served: Served, on_phone: Callable[[str], Page]) -> None:
    _listen(served)
    _low_answer(served)
    until(lambda: _case(served) is not None, seconds=40, what="a case")
    case = _case(served)
    assert case is not None
    manager, address = served.signed_in("manager.o1"), f"{served.url}/portal/cases/{case.number}"
    _solve(manager, address)

    with served.ground.writing() as session:
        token, _key = links.token_of(session, served.ground.keys, case.id, datetime.now(UTC))
    page = on_phone(f"{served.url}/c/{token}")
    expect(page.get_by_text("材料清单已发给您")).to_be_visible()
    assert "内部" not in page.content()

    until(lambda: len(_links(served.data)) >= 1, seconds=60, what="the invitation to rate the result")
    phone = on_phone(_links(served.data)[-1])
    onward = phone.get_by_role("button", name=re.compile("提交|完成|下一页"))
    phone.evaluate("document.querySelectorAll('fieldset').forEach((one) => one.querySelector('input[type=radio]')?.click())")
    onward.first.click()  # the lowest of each, on the one page there is
    expect(onward).to_have_count(0)
    until(lambda: (_case(served) or case).state == "reopened", seconds=60, what="reopened by the low re-rating")

    _solve(manager, address)
    manager.get_by_role("button", name="Close the case").first.click()
    expect(manager.get_by_text("Closed").first).to_be_visible()
    closed = _case(served)
    assert closed is not None
    assert (closed.state, closed.reopened, closed.score, closed.recovered) == ("closed", 1, 2, False)
    assert check_cases(served.ground).violations == []
