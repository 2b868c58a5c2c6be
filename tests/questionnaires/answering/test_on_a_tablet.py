"""A tablet in Chromium: cleared after rest, back after the thanks; and a signature drawn on the page."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlmodel import select

from portal.foundation.ground import Ground
from questionnaires.answering import uploads_jobs
from questionnaires.answering.links_models import Upload
from questionnaires.answering.models import PosterCode, Response
from tests.bank import Sample
from tests.browser import DESKTOP, violations
from tests.conftest import NOON
from tests.questionnaires.answering.conftest import FIVE, Asked
from tests.questionnaires.answering.pages import serving
from tests.questionnaires.answering.test_looks_and_files import FILES
from tests.questionnaires.answering.test_posters import questionnaire_of

pytestmark = [pytest.mark.sqlite_only, pytest.mark.browser]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The app on a port of its own."""
    with serving(app) as url:
        yield url


def test_a_tablet_is_cleared_after_rest_and_goes_back_after_the_thanks(
    browser: Browser, address: str, ground: Ground, asked: Asked, sample: Sample
) -> None:
    asks = questionnaire_of(ground, asked.version(FIVE))
    with ground.writing() as session:
        session.add(PosterCode(code="tablet23", questionnaire_id=asks, unit_id=sample.units["O1"], kiosk=True, created_at=NOON))
    context = browser.new_context(viewport=DESKTOP, locale="en-GB")
    page = context.new_page()
    page.goto(f"{address}/q/tablet23")
    assert violations(page) == []
    page.clock.install()
    page.goto(f"{address}/q/tablet23")
    page.clock.fast_forward(21_000)
    expect(page.locator("#rest")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('scroll'))")
    expect(page.locator("#rest")).to_be_visible()  # the page moved by itself: nobody is there
    page.click("label[for=nps-9]")
    expect(page.locator("#rest")).to_be_hidden()
    page.clock.fast_forward(31_000)
    page.wait_for_url("**/q/tablet23?mode=kiosk&lang=*")
    expect(page.locator("#nps-9")).not_to_be_checked()
    page.click("label[for=nps-9]")
    page.click("main form[novalidate] button[value=next]")
    page.wait_for_selector("text=Thank you very much!")
    page.clock.run_for(12_000)
    expect(page.locator("#nps-9")).not_to_be_checked()
    assert context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    context.close()
    with ground.reading() as session:
        found = session.scalars(select(Response)).one()
    assert (found.answers["nps"], "same_device" in found.flags) == (9, False)


def test_a_signature_is_drawn_and_becomes_a_picture(browser: Browser, address: str, ground: Ground, asked: Asked) -> None:
    context = browser.new_context(viewport=DESKTOP, locale="en-GB")
    page = context.new_page()
    page.goto(f"{address}{asked.link(FILES).path}")
    box = page.locator("canvas").bounding_box()
    assert box is not None
    page.locator("canvas").scroll_into_view_if_needed()
    box = page.locator("canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 90, steps=5)
    page.mouse.up()
    page.wait_for_selector("canvas[data-drawn='1']")
    assert violations(page) == []
    page.click("main form[novalidate] button[value=next]")
    expect(page.locator("main form[novalidate]")).to_have_count(0)
    context.close()
    uploads_jobs.make_pictures(ground, NOON)
    with ground.reading() as session:
        found = session.scalars(select(Upload)).one()
    assert (found.kind, found.state, found.media, found.width) == ("signature", "ready", "image/png", 560)
