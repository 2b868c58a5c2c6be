"""Every template that ships: light on the first view, and answered to its end by keyboard alone and without a script."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlmodel import select

from portal.foundation.ground import Ground
from questionnaires.answering.models import Response
from questionnaires.library.templates import Template, templates
from tests.questionnaires.answering.conftest import Asked
from tests.questionnaires.answering.pages import fill, is_over, on_phone, send, serving

pytestmark = [pytest.mark.sqlite_only, pytest.mark.browser]
FIRST_VIEW, WHOLE_FLOW = 14 * 1024, 30 * 1024
FEW = {"counter_visit", "senior_service"}
MOST_PAGES = 30
BY_CODE = {one.code: one for one in templates()}
EACH = [pytest.param(code, marks=() if code in FEW else pytest.mark.deep) for code in BY_CODE]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The app on a port of its own."""
    with serving(app) as url:
        yield url


def link_to(asked: Asked, one: Template) -> str:
    """A link to a template's own definition, as it ships."""
    return asked.link(one.definition.to_json(), channel="sms").path


class Weighed:
    """What a page loads, as Chromium counts it: compressed, headers included."""

    def __init__(self, page: Page) -> None:
        self.documents = self.others = 0
        self.kinds: list[str] = []
        self._types: dict[str, str] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.on("Network.requestWillBeSent", self._begun)
        session.on("Network.loadingFinished", self._finished)

    def _begun(self, event: dict[str, Any]) -> None:
        if not event["request"]["url"].startswith("data:"):  # a tick drawn inside the sheet comes with the page
            self._types[event["requestId"]] = event["type"]

    def _finished(self, event: dict[str, Any]) -> None:
        kind = self._types.get(event["requestId"])
        if kind is None:
            return
        self.kinds.append(kind)
        if kind == "Document":
            self.documents += int(event["encodedDataLength"])
        else:
            self.others += int(event["encodedDataLength"])


def test_the_first_view_of_every_template_is_light(browser: Browser, address: str, asked: Asked) -> None:
    weights = {}
    with on_phone(browser, locale="zh-CN") as page:
        weighed = Weighed(page)
        for one in BY_CODE.values():
            weighed.documents = weighed.others = 0
            page.goto(address + link_to(asked, one) + "?lang=zh-Hans")
            weights[one.code] = (weighed.documents, weighed.documents + weighed.others)
        assert set(weighed.kinds) <= {"Document", "Script", "Ping"}
        assert page.evaluate("document.fonts.size") == 0
    assert len(weights) >= 20
    assert {code: first for code, (first, _) in weights.items() if first > FIRST_VIEW} == {}
    assert {code: whole for code, (_, whole) in weights.items() if whole > WHOLE_FLOW} == {}


@pytest.mark.parametrize("code", EACH)
def test_a_template_is_answered_by_keyboard_alone(browser: Browser, address: str, asked: Asked, ground: Ground, code: str) -> None:
    with on_phone(browser) as page:
        page.goto(address + link_to(asked, BY_CODE[code]) + "?lang=en")
        for _ in range(MOST_PAGES):
            if is_over(page):
                break
            by_keyboard(page)
        assert is_over(page), page.inner_text("main")
    assert submitted(ground) == 1


@pytest.mark.parametrize("code", EACH)
def test_a_template_is_answered_without_a_script(browser: Browser, address: str, asked: Asked, ground: Ground, code: str) -> None:
    with on_phone(browser, java_script_enabled=False) as page:
        page.goto(address + link_to(asked, BY_CODE[code]) + "?lang=en")
        for _ in range(MOST_PAGES):
            if is_over(page):
                break
            fill(page)
            send(page, scripted=False)
        assert is_over(page), page.inner_text("main")
    assert submitted(ground) == 1


def submitted(ground: Ground) -> int:
    """How many answers came to their end."""
    with ground.reading() as session:
        return len([row for row in session.scalars(select(Response)) if row.submitted_at is not None])


WHERE = """() => {
  const one = document.activeElement, line = one.closest('.k > *'), sum = one.closest('[data-total]');
  return {tag: one.tagName, type: one.type || '', name: one.name || '', value: one.value || '', mode: one.inputMode || '',
          line: line ? [...line.parentNode.children].indexOf(line) + 1 : 0, total: sum ? sum.dataset.total : '',
          checked: [...document.getElementsByName(one.name || '-')].some(other => other.checked)};
}"""
TYPED = {"email": "a@example.com", "tel": "13800138000", "date": "06102026", "time": "0230PM"}


def by_keyboard(page: Page) -> None:
    """One page with Tab, arrows, Space, letters and Enter: whatever has the focus is answered, until the button to go on has it."""
    page.evaluate("document.querySelector('main').dataset.old = 1")
    page.focus("h1")
    for _ in range(300):
        page.keyboard.press("Tab")
        here = page.evaluate(WHERE)
        if here["tag"] == "BUTTON" and here["value"] == "next":
            page.keyboard.press("Enter")
            page.wait_for_selector("main:not([data-old])")
            return
        _answer(page, here)
    raise AssertionError("the button to go on is never reached")


def _answer(page: Page, here: dict[str, Any]) -> None:
    if here["type"] in ("radio", "checkbox") and not here["checked"]:
        page.keyboard.press("Space")
    elif here["tag"] == "SELECT" and not here["value"]:
        for _ in range(here["line"] or 1):
            page.keyboard.press("ArrowDown")
    elif here["tag"] in ("INPUT", "TEXTAREA") and here["type"] not in ("file", "range", "radio", "checkbox") and not here["value"]:
        share = here["total"] if here["line"] == 1 else "0"
        number = share if here["total"] else "3" if here["mode"] in ("numeric", "decimal") else "fine"
        page.keyboard.type(TYPED.get(here["type"], number))
