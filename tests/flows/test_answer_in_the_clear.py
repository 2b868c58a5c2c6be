"""A story in a browser: a number that a customer typed is masked, shown once with a reason, and the look stands in the trail."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from portal.people.rules.roles import Role
from questionnaires.answering import private
from questionnaires.answering.models import Response
from questionnaires.library.models import QuestionnaireVersion
from questionnaires.logic.definition import TEXTS, Definition
from tests.flows.conftest import Served

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only, pytest.mark.deep]
NUMBER = "13812345678"


def _answered(served: Served) -> UUID:
    now = datetime.now(UTC)
    with served.ground.writing() as session:
        version = session.scalars(select(QuestionnaireVersion)).one()
        definition = Definition.from_json(version.definition)
        words = next(one.code for one in definition.questions() if one.type in TEXTS)
        said = private.columns(private.codes_of(definition), {words: f"请打 {NUMBER} 找我"}, served.ground.keys)
        row = Response(version_id=version.id, unit_id=served.units["O1"], channel="file", started_at=now, submitted_at=now, **said)
        session.add(row)
        session.flush()
        return row.id


def _page(served: Served, login: str, answered: UUID) -> Page:
    page = served.signed_in(login)
    page.goto(f"{served.url}/portal/answers/{answered}")
    return page


def test_a_number_is_shown_once_to_whom_may_and_to_nobody_else(served: Served) -> None:
    served.user("analyst", Role.ANALYST, "HO")
    served.user("auditor", Role.AUDITOR, "HO")
    answered = _answered(served)
    reader = _page(served, "analyst", answered)
    expect(reader.get_by_text("Your role does not see them whole")).to_be_visible()
    assert NUMBER not in reader.content()
    manager = _page(served, "manager.o1", answered)
    assert NUMBER not in manager.content()
    show = manager.get_by_role("button", name="Show in the clear")
    show.click()
    expect(manager.locator("[name=why]")).to_have_attribute("aria-invalid", "true")
    assert NUMBER not in manager.content()
    manager.locator("[name=why]").select_option("case")
    manager.get_by_label("Number of the case").fill("C-7")
    show.click()
    expect(manager.get_by_text(NUMBER)).to_be_visible()
    manager.get_by_role("link", name="Mask again").click()
    assert NUMBER not in manager.content()
    expect(manager.get_by_text("138 **** **78")).to_be_visible()
    auditor = served.signed_in("auditor")
    auditor.goto(f"{served.url}/portal/audit?seen=1")
    expect(auditor.get_by_text("Sealed answers shown in the clear")).to_be_visible()
    expect(auditor.get_by_text("reference: C-7")).to_be_visible()
    assert NUMBER not in auditor.content()
