"""The builder in Chromium on a slow line: nothing typed is lost, whatever is clicked next and however late an answer comes."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from playwright.sync_api import Browser, Locator, Page, expect

from portal.audit.trail import Actor
from portal.people.rules.roles import Role
from questionnaires.library import drafting, library, parts
from questionnaires.library.drafting import Edit
from questionnaires.library.library import NewQuestionnaire
from questionnaires.library.parts import Raw
from tests.bank import Sample
from tests.browser import DESKTOP, violations
from tests.conftest import NOON
from tests.questionnaires.answering.pages import serving
from tests.questionnaires.library.slow import Line
from tests.questionnaires.library.world import definition, nps, words

pytestmark = [pytest.mark.sqlite_only, pytest.mark.browser]
SignIn = Callable[..., FlaskClient]
WHY, MORE = "#line-why a", "#line-more a"
WORDS = '[name="text.en"]'


class Desk:
    """A designer with a draft of an NPS, a choice and two open questions, the choice's part open in a browser."""

    def __init__(self, page: Page, sample: Sample, url: str, client: FlaskClient) -> None:
        self.page, self.sample, self.url, self.client = page, sample, url, client
        choice = {"code": "which", "type": "single", "text": {"en": "Which?"}}
        options = [{"code": f"o{n}", "text": {"en": f"Option {n}"}} for n in (1, 2, 3)]
        made = definition([nps(), {**choice, "options": options}, words("why"), words("more")])
        with sample.ground.writing() as session:
            self.id = library.create(session, NewQuestionnaire("visit", made), Actor("user", str(sample.user(Role.DESIGNER))), NOON).id
        self.home = f"{url}/portal/questionnaires/{self.id}"
        self.enter(client)
        self.line = Line(page)

    def enter(self, client: FlaskClient) -> None:
        """Give the browser the session of a client."""
        cookie = client.get_cookie("soundings")
        assert cookie is not None
        self.page.context.add_cookies([{"name": "soundings", "value": cookie.value, "url": self.url}])

    def open(self, code: str) -> None:
        """The builder with a question open, at rest."""
        self.page.goto(f"{self.home}/edit?at=q:{code}")
        expect(self.page.locator(".findings li").first).to_be_visible()
        self.line.asked.clear()

    @property
    def draft(self) -> Raw:
        """The document now."""
        with self.sample.ground.reading() as session:
            return dict(library.get(session, self.id).draft)

    def text(self, code: str) -> str:
        """A question's English words in the draft."""
        return str((parts.find_question(self.draft, code) or {})["text"]["en"])

    @property
    def options(self) -> list[Raw]:
        """The choice's options in the draft."""
        return list((parts.find_question(self.draft, "which") or {})["options"])

    def type(self, text: str, field: str = WORDS) -> Locator:
        """Write into a field of the open part, key by key, and stay there."""
        found = self.page.locator(field)
        found.focus()
        found.press("Control+a")
        self.page.keyboard.type(text)
        return found


@pytest.fixture
def desk(app: Flask, sample: Sample, sign_in: SignIn, browser: Browser) -> Iterator[Desk]:
    """A designer in a browser; forms need their token here, as they do outside tests."""
    app.config["WTF_CSRF_ENABLED"] = True
    app.jinja_env.globals["csrf_token"] = generate_csrf
    app.context_processor(lambda: {"csrf_token": generate_csrf})
    context = browser.new_context(viewport=DESKTOP)
    page, fell = context.new_page(), []
    page.on("pageerror", lambda error: fell.append(str(error)))
    with serving(app) as url:
        yield Desk(page, sample, url, sign_in(Role.DESIGNER))
        context.close()
    assert fell == []


def test_a_click_on_the_open_part_fetches_nothing_and_another_part_waits_for_what_was_typed(desk: Desk) -> None:
    page, line = desk.page, desk.line
    desk.open("why")
    desk.type("Why is that?")
    line.hold("/edit/save")
    page.locator(WHY).click()
    line.held()
    expect(page.locator(WORDS)).to_have_value("Why is that?")
    assert [one for one in line.writes() if one.startswith("GET")] == [], "what is open is not fetched"
    desk.type("Why is that so?")
    page.locator(MORE).click()
    expect(page.locator(WORDS)).to_have_value("Why is that so?")
    line.go()
    expect(page.locator('#part[data-at="q:more"]')).to_be_visible()
    assert desk.text("why") == "Why is that so?"
    assert line.writes() == ["POST /save?at=q:why", "POST /save?at=q:why", "GET ?at=q:more"]
    desk.type("Anything more?")
    page.locator(WHY).click()
    expect(page.locator('#part[data-at="q:why"]')).to_be_visible()
    assert (desk.text("more"), desk.text("why")) == ("Anything more?", "Why is that so?")
    desk.type("And back")
    page.evaluate("history.back()")
    expect(page.locator('#part[data-at="q:more"]')).to_be_visible()
    assert desk.text("why") == "And back"


def test_what_is_pressed_after_typing_is_done_after_it_is_saved(desk: Desk) -> None:
    page, line = desk.page, desk.line
    desk.open("why")

    def pressed(text: str, press: str) -> None:
        """Type, press something while the save is held, and see that nothing else went off before."""
        line.asked.clear()
        desk.type(text)
        line.hold("/edit/save")
        page.locator(press).click()
        line.held()
        assert line.writes() == ["POST /save?at=q:why"]
        line.go()

    def order() -> list[str]:
        return [str(one["code"]) for one in parts.questions_of(desk.draft)]

    pressed("Moved", '[id="down:why"]')
    expect(page.locator("#said")).to_contain_text("Now question 4")
    assert (desk.text("why"), order(), line.writes()[1:]) == ("Moved", ["nps", "which", "more", "why"], ["POST /arrange"])
    pressed("Taken back", "#undo")
    expect(page.locator("#said")).to_contain_text("Undone")
    expect(page.locator(WORDS)).to_have_value("Moved")
    assert (desk.text("why"), order()[-1]) == ("Moved", "why"), "what was typed is the last step, and is what Undo takes back"
    pressed("Copied", "#copy-question")
    expect(page.locator('#part[data-at^="q:why"]:not([data-at="q:why"])')).to_be_visible()
    assert [desk.text(code) for code in order()[-2:]] == ["Copied", "Copied"]
    page.locator(WHY).click()
    expect(page.locator('#part[data-at="q:why"]')).to_be_visible()
    line.asked.clear()
    desk.type("Asked before the new one")
    page.get_by_role("button", name="New question").click()
    line.hold("/edit/save")
    page.get_by_role("button", name=re.compile("^Slider")).click()
    line.go()
    expect(page.locator("#part-title")).to_contain_text("Slider")
    assert desk.text("why") == "Asked before the new one"
    page.locator(WHY).click()
    expect(page.locator('#part[data-at="q:why"]')).to_be_visible()
    pressed("For approval", "text=To approval")
    page.wait_for_url(desk.home)
    assert desk.text("why") == "For approval"


def test_a_late_answer_leaves_newer_words_and_the_focus_where_they_are(desk: Desk) -> None:
    page, line = desk.page, desk.line
    desk.open("which")
    question, third = page.locator(WORDS), page.locator('[name="options.2.text.en"]')
    desk.type("Second", '[name="options.1.text.en"]')
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("id", "up:options.1")
    with page.expect_response(re.compile("/edit/save")):
        pass
    assert [one["code"] for one in desk.options] == ["o1", "o2", "o3"], "a button that only has the focus is not pressed"

    line.hold("/edit/save", answer=True)
    page.locator('[id="add:options"]').click()
    line.held()
    desk.type("Which was it?")
    line.go()
    expect(page.locator(".item")).to_have_count(4)
    expect(question).to_be_focused()
    expect(question).to_have_value("Which was it?")
    line.hold("/edit/save", answer=True)
    for _press in ("one", "and another in haste"):
        page.locator('[id="drop:options.0"]').click()
    line.held()
    desk.type("Third", '[name="options.2.text.en"]')
    line.go()
    expect(page.locator(".item")).to_have_count(3)
    expect(page.locator('[name="options.1.text.en"]')).to_be_focused()
    expect(third).to_have_value("")
    page.locator(WHY).click()
    expect(page.locator('#part[data-at="q:why"]')).to_be_visible()
    assert desk.text("which") == "Which was it?"
    assert [one.get("text", {}).get("en") for one in desk.options] == ["Second", "Third", None]

    line.hold("/edit/arrange|edit/add", answer=True)
    page.locator("#copy-question").click()
    line.held()
    desk.type("I write on")
    line.go()
    expect(page.locator(".q")).to_have_count(5)
    expect(page.locator(WORDS)).to_have_value("I write on")
    line.hold("at=q(:|%3A)more")
    page.locator(MORE).click()
    line.held()
    desk.type("I stay")
    page.keyboard.press("Tab")
    expect(page.locator("#line-why b")).to_have_text("I stay")
    line.go()
    expect(page.locator('#part[data-at="q:why"]')).to_be_visible()
    assert desk.text("why") == "I stay"


def test_what_can_not_be_saved_is_not_left_unasked(desk: Desk) -> None:
    page, line = desk.page, desk.line
    desk.open("which")
    page.locator(".item .more summary").first.click()
    desk.type("Not A Code", '[name="options.0.code"]')
    page.locator(WHY).click()
    expect(page.locator("#bell")).to_contain_text("nothing else was done")
    expect(page.locator('[name="options.0.code"]')).to_have_value("Not A Code")
    assert violations(page) == []
    page.locator('[id="down:which"]').click()
    expect(page.locator("[data-note=note-held]")).to_be_focused()
    page.get_by_role("button", name="Go on without it").click()
    expect(page.locator("#said")).to_contain_text("Now question 3")
    expect(page.locator('[name="options.0.code"]')).to_have_value("o1")
    expect(page.locator("#bell")).to_be_empty()
    page.locator(".more summary", has_text="Paste").click()
    desk.type("Fourth", "#f-paste")
    page.locator('[id="add:options"]').click()
    expect(page.locator(".item")).to_have_count(4)
    expect(page.locator("#f-paste")).to_have_value("Fourth")
    page.locator(WHY).click()
    expect(page.locator("#bell")).to_contain_text("nothing else was done")
    page.get_by_role("button", name="Go on without it").click()
    expect(page.locator('#part[data-at="q:why"]')).to_be_visible()
    assert len(desk.options) == 4

    page.context.set_offline(True)
    desk.type("On a train")
    page.keyboard.press("Tab")
    expect(page.locator("#saved")).to_contain_text("No connection")
    page.locator("text=To approval").click()
    expect(page.locator("#bell")).to_contain_text("nothing else was done")
    page.context.set_offline(False)
    expect(page.locator("#line-why b")).to_have_text("On a train")
    expect(page.locator("#bell")).to_be_empty()

    changed = {**(parts.find_question(desk.draft, "why") or {}), "text": {"en": "Theirs"}}
    other = Actor("user", str(desk.sample.user(Role.DESIGNER, "B1")))
    with desk.sample.ground.writing() as session:
        drafting.save(session, desk.id, Edit("question", "why", lambda draft: parts.with_question(draft, "why", changed)), other, NOON)
    desk.type("Mine")
    page.locator(MORE).click()
    expect(page.locator("#both")).to_contain_text("saved this first")
    expect(page.locator(WORDS)).to_have_value("Mine")
    page.locator(MORE).click()
    expect(page.locator("[data-note=note-held]")).to_be_focused()
    assert desk.text("why") == "Theirs", "of two texts the person chooses"
    page.get_by_role("link", name="Take theirs").click()
    expect(page.locator(WORDS)).to_have_value("Theirs")
    assert line.asked


def test_a_session_that_ends_while_something_is_typed_is_told_and_what_was_typed_is_saved_after_the_next_log_in(
    desk: Desk, sign_in: SignIn
) -> None:
    page = desk.page
    desk.open("why")
    page.context.clear_cookies()
    desk.type("Too late?")
    page.locator(MORE).click()
    expect(page.locator("#bell")).to_contain_text("Your session has ended")
    expect(page.locator(WORDS)).to_have_value("Too late?")
    assert desk.text("why") == "Why"
    desk.enter(sign_in(Role.DESIGNER))
    page.get_by_role("button", name="Save now").click()
    expect(page.locator("#line-why b")).to_have_text("Too late?")
    expect(page.locator("#bell")).to_be_empty()
    assert desk.text("why") == "Too late?"
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")
    page.context.clear_cookies()
    page.locator(MORE).click()
    page.wait_for_url(re.compile("log-in|login|next="))
