"""From a template to an answer on a phone in both languages, by three log-ins; the builder by keyboard alone; two editors; axe."""

import re

import pytest
from playwright.sync_api import Page, expect

from portal.people.rules.roles import Role
from questionnaires.library import library, store
from tests.browser import DESKTOP, PHONE, violations
from tests.flows.conftest import Served

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only, pytest.mark.timeout(300)]
HOME = "/portal/questionnaires"
PATIENT = 15_000
"""Milliseconds for a save on a slow machine."""


def _codes(page: Page) -> list[str]:
    return [str(code) for code in page.eval_on_selector_all(".q[data-code]", "all => all.map(one => one.dataset.code)")]


def _begin(served: Served, page: Page, code: str) -> str:
    """A draft from the template of a counter visit, open in the builder."""
    page.goto(f"{served.url}{HOME}/new?start=template:counter_visit")
    page.locator("[name=title_zh]").fill("试点网点体验")
    page.locator("[name=title_en]").fill("Pilot outlet visit")
    page.locator("[name=code]").fill(code)
    page.locator("main form").get_by_role("button", name="Create the draft").click()
    expect(page.locator("#builder")).to_be_visible()
    return page.url


def _sound(page: Page) -> None:
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1], f"{width[0] - width[1]} px beyond the edge"
    assert violations(page) == []


def test_from_a_template_to_an_answer_by_three_log_ins(served: Served) -> None:
    said: list[str] = []
    designer = served.signed_in("designer")
    designer.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    _begin(served, designer, "pilot")
    designer.locator("#line-csat a").click()
    expect(designer.locator("#part-title")).to_contain_text("Satisfaction")
    designer.locator('[name="text.en"]').fill("How satisfied are you with this visit?")
    designer.locator('[name="text.en"]').press("Tab")
    expect(designer.locator("#line-csat b")).to_have_text("How satisfied are you with this visit?", timeout=PATIENT)
    preview = designer.frame_locator("#preview")
    designer.locator("#preview-language").select_option("en")
    expect(preview.get_by_text("How satisfied are you with this visit?")).to_be_visible(timeout=PATIENT)
    _sound(designer)

    designer.get_by_role("link", name="To approval").click()
    designer.get_by_role("button", name="Hand in for approval").click()
    home = designer.url
    assert not said, said

    approver = served.signed_in("approver")
    approver.goto(home)
    approver.get_by_role("button", name="Approve").click()
    expect(approver.get_by_text("Approved").first).to_be_visible()

    designer.goto(home)
    designer.get_by_role("button", name=re.compile("Publish version 1")).click()
    designer.locator("#publish").get_by_role("button", name="Publish").click()
    expect(designer.get_by_text("Version 1 is published.")).to_be_visible()
    designer.get_by_role("button", name="Test link").click()
    designer.wait_for_function("document.documentElement.outerHTML.includes('/s/')")
    link = re.search(rf"{re.escape(served.url)}/s/[\w-]+", designer.content())
    assert link is not None
    with served.ground.reading() as session:
        found = library.by_code(session, "pilot")
        version = store.version(session, found.current_version_id)
    assert version is not None

    for language, words, later in (("en", "How satisfied are you with this visit?", "Next page"), ("zh-Hans", None, "下一页")):
        customer = served.context(PHONE, locale="zh-CN", has_touch=True, is_mobile=True).new_page()
        customer.goto(f"{link[0]}?lang={language}")
        if words:
            expect(customer.get_by_text(words)).to_be_visible()
        expect(customer.get_by_role("button", name=later)).to_be_visible()
    customer.locator("#b-csat label").first.click()
    customer.get_by_role("button", name="下一页").click()
    customer.get_by_role("textbox").first.fill("排队太久。")
    customer.get_by_role("button", name=re.compile("提交|完成")).click()
    expect(customer.get_by_role("heading", name=re.compile("谢谢"))).to_be_visible()


def test_a_questionnaire_is_edited_by_the_keyboard_alone(served: Served) -> None:
    page = served.signed_in("designer")
    _begin(served, page, "keys")
    first = _codes(page)
    page.locator("#line-csat a").focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#said")).to_contain_text("Now question 2", timeout=PATIENT)
    assert _codes(page)[:2] == [first[1], first[0]]
    assert page.evaluate("document.activeElement.id") == "down:csat", "the focus goes along"
    page.keyboard.press("Control+z")
    expect(page.locator("#said")).to_contain_text("Undone", timeout=PATIENT)
    assert _codes(page) == first

    page.locator("#line-reasons_low a").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#part-title")).to_contain_text("Multiple choice", timeout=PATIENT)
    count = page.locator(".item").count()
    page.locator(".item > .langs input").last.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".item")).to_have_count(count + 1, timeout=PATIENT)
    expect(page.locator(f'[name^="options.{count}.text."]').first).to_be_focused(timeout=PATIENT)
    page.keyboard.type("新的原因")
    page.keyboard.press("Tab")
    page.keyboard.type("A new reason")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(f'[name="options.{count - 1}.text.en"]')).to_have_value("A new reason", timeout=PATIENT)

    page.get_by_role("button", name="New question").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("^Slider")).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#part-title")).to_contain_text("Slider", timeout=PATIENT)
    expect(page.get_by_role("textbox", name="Question · 简体中文")).to_be_focused(timeout=PATIENT)
    page.keyboard.type("轻松吗？")
    page.keyboard.press("Tab")
    expect(page.locator(".q b", has_text="轻松吗？")).to_be_visible(timeout=PATIENT)
    with served.ground.reading() as session:
        draft = library.draft_of(library.by_code(session, "keys"))
    assert next(one for one in draft.questions() if one.type == "slider").text == {"zh-Hans": "轻松吗？"}


def test_two_editors_see_one_another_and_both_texts(served: Served) -> None:
    served.user("second", Role.DESIGNER, "HO")
    anna = served.signed_in("designer")
    address = _begin(served, anna, "both").split("?")[0] + "?at=q:improve"
    bo = served.signed_in("second")
    for page in (anna, bo):
        page.goto(address)
        expect(page.locator('[name="text.en"]')).to_be_visible()
    anna.locator('[name="text.en"]').fill("Anna's words")
    anna.locator('[name="text.en"]').press("Tab")
    expect(anna.locator("#line-improve b")).to_have_text("Anna's words", timeout=PATIENT)
    bo.locator('[name="text.en"]').fill("Bo's words")
    bo.locator('[name="text.en"]').press("Tab")
    expect(bo.locator("#both")).to_contain_text("designer saved this first", timeout=PATIENT)
    expect(bo.locator("#both")).to_contain_text("Anna's words")
    expect(bo.locator('[name="text.en"]')).to_have_value("Bo's words")
    assert violations(bo) == []
    bo.locator('[name="text.en"]').fill("Both our words")
    bo.locator("#mine").click()
    expect(bo.locator("#line-improve b")).to_have_text("Both our words", timeout=PATIENT)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_every_part_of_the_builder_is_sound(served: Served, size: dict[str, int]) -> None:
    page = served.signed_in("designer", size)
    address = _begin(served, page, "sound").split("?")[0]
    for at in ("q:reasons_low", "page:p1", "texts", "settings", "endings"):
        page.goto(f"{address}?at={at}")
        page.wait_for_load_state("networkidle")
        for pane in ("outline", "part", "preview") if size is PHONE and at == "texts" else ("part",):
            if size is PHONE:
                page.locator(f'[data-pane-to="{pane}"]').click()
            _sound(page)
    home = address.removesuffix("/edit")
    for path in (home, f"{home}/history", f"{home}/compare", f"{served.url}{HOME}/folders", f"{served.url}{HOME}/from-file"):
        page.goto(path)
        _sound(page)
