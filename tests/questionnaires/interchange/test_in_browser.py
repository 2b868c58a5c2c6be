"""An imported questionnaire is answered on a phone: put in on the page, looked at, approved, published, gone through to its end."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from sqlmodel import select

from portal.people.rules.roles import Role
from questionnaires.answering.models import Response
from questionnaires.interchange.files_jobs import read_files
from tests.bank import Sample
from tests.browser import DESKTOP
from tests.conftest import NOON
from tests.questionnaires.answering.pages import fill, is_over, on_phone, send, serving
from tests.questionnaires.interchange import made

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only, pytest.mark.timeout(300)]
HOME = "/portal/questionnaires/from-file"
DATA = Path(__file__).parents[4] / "shared" / "data" / "questionnaires"
SignIn = Callable[..., FlaskClient]
MOST_PAGES = 60
VISIT = made.lss(
    [
        {"code": "came", "type": "Y", "text": "Did you come to the counter?", "mandatory": "Y"},
        {"code": "wait", "type": "L", "text": "How long did you wait?", "relevance": 'came == "Y"', "answers": [("1", "Briefly"), ("2", "Long")]},  # noqa: E501
        {"code": "why", "type": "T", "gid": 2, "text": "What took so long?", "relevance": 'wait == "2"'},
    ]
)  # fmt: skip


@contextmanager
def staff(browser: Browser, app: Flask, client: FlaskClient, address: str) -> Iterator[Page]:
    """A page of somebody who is signed in."""
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    assert cookie is not None
    context = browser.new_context(viewport=DESKTOP)
    context.add_cookies([{"name": name, "value": cookie.value, "url": address}])
    try:
        yield context.new_page()
    finally:
        context.close()


def put_in(page: Page, address: str, name: str, data: bytes) -> None:
    """Put a file in by the form."""
    page.goto(f"{address}{HOME}")
    page.set_input_files("input[name=file]", {"name": name, "mimeType": "application/octet-stream", "buffer": data})
    with page.expect_navigation(url=re.compile("/from-file/.")):
        page.get_by_role("button", name="Read the file").click()


def link_of(designer: FlaskClient, sign_in: SignIn, home: str) -> str:
    """A test link of the draft, once it is approved and published."""
    revision = re.search(r'name="revision" value="(\d+)"', designer.get(home).text)
    assert revision is not None, "the draft can't be handed in"
    rev = {"revision": revision[1]}
    assert designer.post(f"{home}/submit", data=rev).status_code == 302
    assert sign_in(Role.APPROVER).post(f"{home}/approve", data=rev).status_code == 302
    assert designer.post(f"{home}/publish", data=rev).status_code == 302
    made_of = re.search(r'action="(/portal/[^"]*test[^"]*)"', designer.get(home).text)
    assert made_of is not None
    seen = designer.post(made_of[1], follow_redirects=True).text
    found = re.search(r"/s/[\w-]+", seen)
    assert found is not None
    return found[0]


def test_a_file_becomes_a_questionnaire_that_is_answered_on_a_phone(app: Flask, sample: Sample, sign_in: SignIn, browser: Browser) -> None:
    designer = sign_in(Role.DESIGNER)
    with serving(app) as address:
        with staff(browser, app, designer, address) as page:
            put_in(page, address, "Counter visit.lss", VISIT)
            expect(page.get_by_text("Nothing: the draft can be submitted as it is.")).to_be_visible()
            inside = page.frame_locator("iframe")
            expect(inside.get_by_text("Did you come to the counter?")).to_be_visible()
            page.get_by_role("button", name="Make a draft").click()
            expect(page.get_by_text("The draft is made.")).to_be_visible()
            home = page.url.removeprefix(address)
        link = link_of(designer, sign_in, home)
        with on_phone(browser) as phone:
            phone.goto(f"{address}{link}")
            assert not phone.get_by_text("How long did you wait?").is_visible()
            phone.get_by_text("Yes", exact=True).click()
            expect(phone.get_by_text("How long did you wait?")).to_be_visible()
            phone.get_by_text("Long", exact=True).click()
            assert phone.evaluate("document.documentElement.scrollWidth") <= 390
            send(phone)
            phone.get_by_label("What took so long?").fill("The queue")
            send(phone)
            expect(phone.get_by_text("Thanks")).to_be_visible()
    with sample.ground.reading() as session:
        answered = session.scalars(select(Response)).one()
        assert answered.answers == {"came": True, "wait": "2", "why": "The queue"}


SEVERAL: dict[str, tuple[str, Callable[[], bytes]]] = {
    "every letter": ("letters.lss", made.every_letter),
    "qsf": ("full.qsf", made.full_qsf),
    "fhir": ("full.json", lambda: made.full_fhir(translated=False)),
    "tsv": ("full.txt", made.full_tsv),
    **{
        path.name: (path.name, path.read_bytes)
        for one in (
            "lss/ls205_randomization_group_test.lss", "qsf/Survey_Logic_EVERYWHERE.qsf", "surveyjs/sjs_legacy_form.json",
            "surveyjs/sjs_marketResearchForm.json", "xlsform/or_other.xlsx", "xlsform/UCL_Biomass_Plot_Form.xlsx",
        )
        if (path := DATA / one).exists()
    },
}  # fmt: skip


@pytest.mark.deep
@pytest.mark.parametrize("name", SEVERAL)
def test_files_of_every_format_are_gone_through_to_their_end(
    app: Flask, sample: Sample, sign_in: SignIn, browser: Browser, name: str
) -> None:
    filename, data = SEVERAL[name]
    designer = sign_in(Role.DESIGNER)
    with serving(app) as address:
        with staff(browser, app, designer, address) as page:
            put_in(page, address, filename, data())
            if page.get_by_text("The file is being read").is_visible():
                read_files(sample.ground, NOON)
            expect(page.locator("iframe")).to_be_visible(timeout=15_000)
            page.get_by_role("button", name="Make a draft").click()
            expect(page.get_by_text("The draft is made.")).to_be_visible()
            home = page.url.removeprefix(address)
        link = link_of(designer, sign_in, home)
        with on_phone(browser) as phone:
            phone.goto(f"{address}{link}")
            asked = answered_pages(phone)
    assert asked, "nothing was asked"
    with sample.ground.reading() as session:
        answers: dict[str, Any] = session.scalars(select(Response)).one().answers
    assert answers


def answered_pages(phone: Page) -> int:
    """Go through to the end; how many pages were answered. What an answer brought into sight is asked when the page comes again."""
    stood = 0
    for number in range(MOST_PAGES):
        if is_over(phone):
            return number
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
        fill(phone)
        place = phone.locator("input[name=_page]").input_value()
        send(phone)
        stood = stood + 1 if not is_over(phone) and phone.locator("input[name=_page]").input_value() == place else 0
        assert stood < 3, phone.locator(".q.bad").all_inner_texts()
    raise AssertionError("no end in sight")
