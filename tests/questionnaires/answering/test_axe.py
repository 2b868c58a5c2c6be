"""axe finds nothing: every type of question, its errors, every closing page; both languages, light, dark and large."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.browser import violations
from tests.questionnaires.answering.conftest import Asked
from tests.questionnaires.answering.pages import fill, on_phone, send, serving
from tests.questionnaires.answering.showcase import PAGES, SHOWCASE

pytestmark = [pytest.mark.sqlite_only, pytest.mark.browser]
ALL_REQUIRED = {
    **SHOWCASE,
    "pages": [
        {**page, "questions": [{**one, "required": one["type"] not in ("statement", "hidden")} for one in page["questions"]]}
        for page in PAGES
    ],
}
DEEP = pytest.mark.deep
WAYS = [("en", "dark", "&size=large")]
MORE = [(lang, scheme, size) for lang in ("zh-Hans", "en") for scheme in ("light", "dark") for size in ("", "&size=large")]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The app on a port of its own."""
    with serving(app) as url:
        yield url


def one_by_one(page: Page, address: str, path: str) -> list[str]:
    """Each page of the showcase: with its errors, then answered; then the end."""
    page.goto(address + path)
    found = []
    for number in range(len(PAGES)):
        send(page)
        found += [f"{number} errors: {one}" for one in violations(page)]
        fill(page)
        if number == len(PAGES) - 1:
            for code in ("photo", "paper", "sign"):
                page.set_input_files(f"#{code}", {"name": "a.png", "mimeType": "image/png", "buffer": PNG})
        found += [f"{number} filled: {one}" for one in violations(page)]
        send(page)
    assert page.locator("input[name=_page]").count() == 0, page.inner_text("main")
    return found + [f"end: {one}" for one in violations(page)]


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


UNCHECK = "document.querySelectorAll('main input:checked').forEach(one => one.checked = false)"


def apart(page: Page, address: str, asked: Asked, query: str) -> list[str]:
    """The pages around the questionnaire."""
    found = []
    link = asked.link(SHOWCASE).path
    for rest in (f"{link}?do=stop&{query}", f"{link}?do=call&{query}", f"/privacy?{query}", f"/verify?{query}", f"/s/unknown?{query}"):
        page.goto(address + rest)
        found += [f"{rest}: {one}" for one in violations(page)]
    page.goto(f"{address}{link}?do=call&{query}")
    page.click("label[for=which-own]")
    for form in (f"{link}?do=call&{query}", f"/verify?{query}"):
        page.goto(address + form)
        with page.expect_navigation():
            page.evaluate(UNCHECK)
            page.click("main button")
        found += [f"{form} errors: {one}" for one in violations(page)]
    return found


@pytest.mark.parametrize(("language", "scheme", "size"), [*WAYS, *(pytest.param(*way, marks=DEEP) for way in MORE if way not in WAYS)])
def test_axe_finds_nothing(browser: Browser, address: str, asked: Asked, language: str, scheme: Any, size: str) -> None:
    with on_phone(browser, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce") as page:  # no colour half-way
        found = one_by_one(page, address, f"{asked.link(ALL_REQUIRED).path}?lang={language}{size}")
        found += apart(page, address, asked, f"lang={language}{size}")
    assert found == []
