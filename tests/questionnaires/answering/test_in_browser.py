"""The page in Chromium: on a phone, without a script, by keyboard, and under axe."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlmodel import select
from werkzeug.serving import WSGIRequestHandler, make_server

from portal.foundation.ground import Ground
from questionnaires.answering.models import Response
from tests.browser import PHONE, violations
from tests.questionnaires.answering.conftest import AGAIN, EASE, NPS, REASONS, WHY, WORDS, Asked, both

pytestmark = [pytest.mark.sqlite_only, pytest.mark.browser]
CSAT = {"code": "csat", "type": "csat", "text": both("满意吗？", "Satisfied?")}
CHANNEL = {"code": "chan", "type": "single", "required": True, "text": both("哪个渠道？", "Which channel?"), "options": REASONS[:4]}
TIMES = {"code": "times", "type": "number", "min": 0, "max": 30, "text": both("来过几次？", "How often?")}
NAME = {"code": "name", "type": "short_text", "text": both("称呼", "Name")}
HINT = {"code": "hint", "type": "statement", "text": both("最后一题", "The last one")}
EVERY_TYPE: dict[str, Any] = {
    "title": both("服务评价", "Our service"),
    "pages": [{"id": "one", "questions": [NPS, WHY, WORDS]}, {"id": "two", "questions": [EASE, CSAT, AGAIN, CHANNEL, TIMES, HINT, NAME]}],
}


class Silent(WSGIRequestHandler):
    """Says nothing about each request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The app on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()
    thread.join()


def open_page(browser: Browser, **options: Any) -> Page:
    return browser.new_context(viewport=PHONE, **options).new_page()


def fill_both_pages(page: Page) -> None:
    page.click("label[for=nps-6]")
    page.click("label[for=why-other]")
    page.fill("#why__other", "door")
    page.click("button[value=next]")
    page.click("label[for=ease-5]")
    page.click("button[value=next]")
    page.click("label[for=chan-wait]")
    page.fill("#times", "3")
    page.click("button[value=next]")
    page.wait_for_selector("h1:not(.t)")


@pytest.mark.parametrize("scripted", [True, False])
def test_a_phone_answers_every_type_with_and_without_script(
    browser: Browser, address: str, asked: Asked, ground: Ground, scripted: bool
) -> None:
    link = asked.link(EVERY_TYPE)
    page = open_page(browser, java_script_enabled=scripted)
    page.goto(f"{address}{link.path}?lang=en")
    assert not page.is_visible("#b-why")
    fill_both_pages(page)
    with ground.reading() as session:
        response = session.scalars(select(Response)).one()
    assert response.answers == {"nps": 6, "why": ["other"], "why__other": "door", "ease": 5, "chan": "wait", "times": 3}
    assert response.submitted_at is not None
    page.context.close()


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["", "&size=large"])
def test_axe_finds_nothing(browser: Browser, address: str, asked: Asked, language: str, scheme: Any, size: str) -> None:
    page = open_page(browser, color_scheme=scheme, bypass_csp=True)
    found = []
    page.goto(f"{address}{asked.link(EVERY_TYPE).path}?lang={language}{size}")
    page.click("label[for=nps-2]")
    page.click("label[for=why-other]")
    found += violations(page)
    page.click("button[value=next]")
    page.click("button[value=next]")
    page.wait_for_selector(".sum")
    found += violations(page)
    page.click("label[for=chan-wait]")
    page.click("button[value=next]")
    page.wait_for_selector("h1:not(.t)")
    found += violations(page)
    for rest in (f"{asked.link(EVERY_TYPE).path}?do=stop&lang={language}", f"/privacy?lang={language}", f"/s/unknown?lang={language}"):
        page.goto(address + rest + size)
        found += violations(page)
    assert found == []
    page.context.close()


@pytest.mark.parametrize("width", [360, 390, 1440])
def test_all_targets_of_a_scale_are_the_same_and_large_enough(browser: Browser, address: str, asked: Asked, width: int) -> None:
    page = open_page(browser)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{address}{asked.link({**EVERY_TYPE, 'pages': [{'id': 'one', 'questions': [NPS, EASE, CSAT]}]}).path}?lang=zh-Hans")
    for code, points in (("nps", range(11)), ("ease", range(1, 8)), ("csat", range(1, 6))):
        boxes = [page.locator(f"label[for={code}-{point}]").bounding_box() for point in points]
        sizes = {(round(box["width"]), round(box["height"])) for box in boxes if box}
        assert len(sizes) == 1
        assert min(sizes.pop()) >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


def test_by_keyboard_alone(browser: Browser, address: str, asked: Asked, ground: Ground) -> None:
    page = open_page(browser)
    page.goto(f"{address}{asked.link({**EVERY_TYPE, 'pages': EVERY_TYPE['pages'][:1]}).path}?lang=en")
    page.focus("#nps-0")
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("friendly")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:not(.t)")
    with ground.reading() as session:
        assert session.scalars(select(Response)).one().answers == {"nps": 9, "words": "friendly"}
    page.context.close()


def test_the_page_is_usable_after_one_request_and_tells_that_it_was_seen(browser: Browser, address: str, asked: Asked) -> None:
    link = asked.link(EVERY_TYPE)
    page = open_page(browser)
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.resource_type))
    with page.expect_response(lambda response: response.url.endswith("/opened")):
        page.goto(f"{address}{link.path}?lang=en")
    assert [kind for kind in loaded if kind not in ("script", "ping")] == ["document"]
    assert link.row.opened_at is not None
    page.context.close()
