"""A story in a browser: a unit appeals against a low score, the level above upholds it, and both figures stand beside each other."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from portal.people.rules.roles import Role
from questionnaires.answering.models import Response, Score
from questionnaires.library.models import QuestionnaireVersion
from questionnaires.metrics.jobs import roll_up
from tests.flows.conftest import Served

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]


def _answers(served: Served) -> None:
    """Thirty promoters and one detractor at the outlet."""
    now = datetime.now(UTC)
    with served.ground.writing() as session:
        version = session.scalars(select(QuestionnaireVersion)).one()
        for n in range(31):
            row = Response(
                version_id=version.id, unit_id=served.units["O1"], touchpoint="loan", channel="file", started_at=now - timedelta(minutes=9),
                submitted_at=now - timedelta(minutes=5), answers={},
            )  # fmt: skip
            session.add(row)
            session.flush()
            session.add(Score(response_id=row.id, indicator="nps", value=0 if n == 0 else 10))
    roll_up(served.ground, now)


def test_an_upheld_appeal_stands_beside_the_score_as_it_was_answered(served: Served) -> None:
    served.user("judge.b1", Role.APPEAL_JUDGE, "B1")
    _answers(served)
    manager = served.signed_in("manager.o1")
    manager.goto(f"{served.url}/portal/appeals/open")
    manager.locator("main table a").first.click()
    manager.locator("input[name=reason][value=outside_control]").check(force=True)
    manager.get_by_label("What happened").fill("The core system was down from ten to eleven.")
    manager.get_by_role("button", name="Submit the appeal").click()
    expect(manager.get_by_text("Waits for a decision").first).to_be_visible()
    address = manager.url
    judge = served.signed_in("judge.b1")
    judge.goto(address)
    before = judge.locator("[data-figure=answered]").inner_text()
    assert judge.locator("[data-figure=adjusted]").inner_text() == before
    judge.locator("input[name=verdict][value=upheld]").check(force=True)
    judge.get_by_label("Reason, as the unit reads it").fill("The log of the night shows it.")
    judge.get_by_role("button", name="Decide").first.click()
    judge.get_by_role("dialog").get_by_role("button", name="Decide").click()
    expect(judge.get_by_text("The log of the night shows it.")).to_be_visible()
    assert judge.locator("[data-figure=answered]").inner_text() == before
    after = judge.locator("[data-figure=adjusted]").inner_text()
    assert "100" in after
    assert "n 30" in after
    assert "n 31" in before
