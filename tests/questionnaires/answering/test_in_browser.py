"""The page in Chromium: on a phone, without a script, by keyboard, without a signal."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlmodel import select

from portal.foundation.ground import Ground
from questionnaires.answering import private
from questionnaires.answering.models import Response
from tests.questionnaires.answering.conftest import Asked
from tests.questionnaires.answering.pages import on_phone, send, serving
from tests.questionnaires.answering.showcase import PAGES, SHOWCASE

pytestmark = [pytest.mark.sqlite_only, pytest.mark.browser]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The app on a port of its own."""
    with serving(app) as url:
        yield url


def answers(ground: Ground) -> dict[str, Any]:
    """The one response there is, as it was given."""
    with ground.reading() as session:
        response = session.scalars(select(Response)).one()
    assert response.submitted_at is not None
    return private.opened(response.answers, response.private_enc, ground.keys)


def only(*codes: str) -> dict[str, Any]:
    """The showcase with some questions, on one page."""
    questions = [question for page in PAGES for question in page["questions"] if question["code"] in codes]
    return {**SHOWCASE, "endings": [], "pages": [{"id": "one", "questions": questions}]}


def go_through(page: Page, picture: Path, scripted: bool) -> None:
    """The whole showcase, by touch."""
    assert not page.is_visible("#b-why")
    for target in ("nps-3", "why-other", "stars-4", "faces-2", "ease-7", "again-yes"):
        page.click(f"label[for={target}]")
    page.fill("#why__other", "door")
    send(page, scripted=scripted)
    assert not page.is_visible("label[for=best-app]")
    for target in (
        "used-app",
        "used-counter",
        "best-app",
        "rooms__wait-2",
        "rooms__app-5",
        "who__pay-app",
        "want__bill-sms",
        "want__bill-mail",
    ):
        page.click(f"label[for={target}]")
    page.select_option("#age", "old")
    send(page, scripted=scripted)
    for code, rank in (("speed", "2"), ("care", "1"), ("price", "3")):
        page.select_option(f"#rank-{code}", rank)
    page.fill("#share-speed", "70")
    page.fill("#share-care", "30")
    page.fill("#minutes", "15")
    page.fill("#times", "4")
    send(page, scripted=scripted)
    for field, text in {
        "name": "王",
        "words": "好\n谢谢",
        "email": "A@Example.com",
        "phone": "13800138000",
        "day": "2026-06-20",
        "hour": "14:30",
    }.items():
        page.fill(f"#{field}", text)
    send(page, scripted=scripted)
    page.set_input_files("#photo", picture)
    page.fill("#sign__name", "王小明")
    page.click("label[for=agree-yes]")
    send(page, scripted=scripted)


WHOLE = {
    "nps": 3,
    "why": ["other"],
    "why__other": "door",
    "stars": 4,
    "faces": 2,
    "ease": 7,
    "again": True,
    "used": ["counter", "app"],
    "best": "app",
    "age": "old",
    "rooms__wait": 2,
    "rooms__app": 5,
    "who__pay": "app",
    "want__bill": ["sms", "mail"],
    "rank": ["care", "speed", "price"],
    "share__speed": 70,
    "share__care": 30,
    "minutes": 15,
    "times": 4,
    "name": "王",
    "words": "好\n谢谢",
    "day": "2026-06-20",
    "hour": "14:30",
    "agree": True,
}


@pytest.mark.parametrize("scripted", [True, False])
def test_a_phone_answers_every_type_with_and_without_script(
    browser: Browser, address: str, asked: Asked, ground: Ground, scripted: bool, tmp_path: Path
) -> None:
    from PIL import Image

    picture = tmp_path / "photo.png"
    Image.new("RGB", (40, 30), "green").save(picture)
    with on_phone(browser, java_script_enabled=scripted) as page:
        page.goto(f"{address}{asked.link(SHOWCASE).path}?lang=en")
        go_through(page, picture, scripted)
        assert "sorry to have let you down" in page.inner_text("main")
        assert "will call you" in page.inner_text("main")
    kept = answers(ground)
    assert {name: kept[name] for name in WHOLE} == WHOLE
    assert (len(kept["photo"]), len(kept["sign"])) == (1, 1)
    assert kept["email"].lower() == "a@example.com"


SMALL = """() => [...document.querySelectorAll('button, header a, select, label.o, input:not(.v)')]
  .filter(one => one.offsetParent && one.type !== 'hidden' && one.type !== 'range' && one.name !== '_url')
  .filter(one => one.offsetHeight < 44 || one.offsetWidth < 44).map(one => one.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("width", [360, 390, 1440])
def test_all_targets_of_a_scale_are_the_same_and_large_enough(browser: Browser, address: str, asked: Asked, width: int) -> None:
    with on_phone(browser) as page:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{address}{asked.link(only('nps', 'ease', 'stars', 'faces', 'rooms', 'who', 'rank')).path}?lang=zh-Hans")
        for code, points in (
            ("nps", range(11)),
            ("ease", range(1, 8)),
            ("stars", range(1, 6)),
            ("faces", range(1, 6)),
            ("rooms__wait", range(1, 6)),
        ):
            boxes = [page.locator(f"label[for={code}-{point}]").bounding_box() for point in points]
            sizes = {(round(box["width"]), round(box["height"])) for box in boxes if box}
            assert len(sizes) == 1, code
            assert min(sizes.pop()) >= 44, code
        small = page.evaluate(SMALL)
        assert small == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_by_keyboard_alone(browser: Browser, address: str, asked: Asked, ground: Ground) -> None:
    with on_phone(browser) as page:
        page.goto(f"{address}{asked.link(only('nps', 'rank', 'words')).path}?lang=en")
        page.focus("#nps-0")
        for _ in range(9):
            page.keyboard.press("ArrowRight")
        for key in ("Tab", "Tab", "Tab", "Enter"):  # past the first line's field and its button up, to its button down
            page.keyboard.press(key)
        page.focus("#words")
        page.keyboard.type("friendly")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("main:not(:has(form))")
    assert answers(ground) == {"nps": 9, "rank": ["care", "speed", "price"], "words": "friendly"}


def test_the_page_is_usable_after_one_request_and_tells_that_it_was_seen(browser: Browser, address: str, asked: Asked) -> None:
    link = asked.link(SHOWCASE)
    with on_phone(browser) as page:
        loaded: list[str] = []
        page.on("request", lambda request: loaded.append(request.resource_type))
        with page.expect_response(lambda response: response.url.endswith("/opened")):
            page.goto(f"{address}{link.path}?lang=en")
        assert [kind for kind in loaded if kind not in ("script", "ping")] == ["document"]
    assert link.row.opened_at is not None


def test_answers_wait_for_the_signal_and_go_out_by_themselves(browser: Browser, address: str, asked: Asked, ground: Ground) -> None:
    link = asked.link(only("nps", "words"))
    stored = "Object.keys(localStorage).filter(key => key.startsWith('soundings:')).length"
    with on_phone(browser) as page:
        page.goto(f"{address}{link.path}?lang=en")
        page.context.set_offline(True)
        page.click("label[for=nps-9]")
        page.fill("#words", "on the train")
        page.click("button[value=next]")
        page.wait_for_selector("#say:not(:empty)")
        assert "go out by themselves" in page.inner_text("#say")
        assert page.evaluate(stored) == 1
        page.context.set_offline(False)
        page.wait_for_selector("main:not(:has(form))")
        assert page.evaluate(stored) == 0
    assert answers(ground) == {"nps": 9, "words": "on the train"}


def test_what_was_typed_is_there_again_after_the_page_was_closed(browser: Browser, address: str, asked: Asked) -> None:
    link = asked.link(only("nps", "words"))
    with on_phone(browser) as page:
        page.goto(f"{address}{link.path}?lang=en")
        page.context.set_offline(True)
        page.click("label[for=nps-4]")
        page.fill("#words", "half")
        page.context.set_offline(False)
        page.goto(f"{address}/verify")
        page.goto(f"{address}{link.path}?lang=en")
        assert page.input_value("#words") == "half"
        assert page.is_checked("#nps-4")
