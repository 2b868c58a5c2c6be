"""On a phone of 390 px, from the application to the statement; and the review desk on 1440 px."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from officers.people import learning, tickets
from officers.points import catalogue
from officers.points.models import PointLot
from officers.work import tasks
from officers.work.models import Submission
from officers.work.rules.states import TaskStep
from officers.work.tasks import CellDraft, Editor, TaskDraft
from portal.audit.trail import Actor
from portal.people.rules.roles import EVERYTHING, Role
from questionnaires.library.models import QuestionnaireVersion
from tests.browser import DESKTOP, PHONE, violations
from tests.flows.conftest import Served
from tests.officers.work.world import picture

pytestmark = [pytest.mark.browser, pytest.mark.deep, pytest.mark.sqlite_only, pytest.mark.timeout(300)]


def sound(page: Page) -> None:
    """Nothing lies beyond the edge, and axe finds nothing."""
    wide, shown = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= shown
    assert violations(page) == []


def _prepare(served: Served) -> None:
    """A task with steps, photos and a questionnaire, and a benefit on sale; by the use cases."""
    programme, designer, now = served.user("programme", Role.OFFICER_MANAGER, "HO"), served.users["designer"], datetime.now(UTC)
    steps = ({"zh": "打开大字版", "en": "Switch on large text"},)
    with served.ground.writing() as session:
        version = session.scalars(select(QuestionnaireVersion.id)).one()
        draft = TaskDraft(
            "usability", "大字版转账", "Transfer in large text", "转一笔账", "Send one yuan", steps, photos_min=1, photos_max=3,
            version_id=version, unit_id=served.units["HO"], cells=(CellDraft(cap=2),),
        )  # fmt: skip
        author, other = (Editor(Actor("user", str(user)), user, EVERYTHING) for user in (designer, programme))
        task = tasks.write(session, draft, author, now)
        tasks.take_step(session, task.id, TaskStep.ASK, author, now)
        tasks.take_step(session, task.id, TaskStep.APPROVE, other, now)
        new = catalogue.NewBenefit("咖啡", "A coffee", "", "", "service", 5, 1000, 0, "")
        benefit = catalogue.make(session, new, other.actor, now)
        catalogue.restock(session, benefit.id, 3, other.actor, now)
        catalogue.move(session, benefit.id, "on_sale", other.actor, now)


def _join(served: Served, phone: Page, desk: Page) -> None:
    key = tickets.key_of_app(served.ground.keys)
    phone.goto(f"{served.url}/officers/enter?ticket={tickets.sign(key, 'C-1', datetime.now(UTC), 'a' * 16)}")
    phone.get_by_label("Alias").fill("Bamboo")
    phone.get_by_label("I am 18 or older.").check()
    phone.get_by_label("I agree that my data").check()
    phone.get_by_role("button", name="Hand in the application").click()
    desk.goto(f"{served.url}/portal/officers/people?state=applied")
    desk.get_by_role("link", name="Bamboo").click()
    desk.get_by_role("button", name="Take on").click()
    phone.goto(f"{served.url}/officers")
    phone.get_by_role("link", name="Begin the training").click()
    for place, question in enumerate(learning.built_in().questions):
        phone.locator(f"input[name=q{place}][value='{question.right}']").check()
    phone.get_by_role("button", name="Hand in").click()
    expect(phone.get_by_role("heading", name="Explorer")).to_be_visible()


def _answer(page: Page) -> None:
    """The questionnaire of customers, answered as an officer."""
    page.get_by_text("3", exact=True).first.click()
    page.get_by_role("button", name=re.compile("下一页|Next")).click()
    page.get_by_role("textbox").first.fill("The button is cut off.")
    page.locator("label", has_text=re.compile("是|Yes")).first.click()
    page.get_by_role("button", name=re.compile("提交|完成|Send|Submit")).click()
    page.wait_for_load_state()


def _photo(name: str, seed: int) -> dict[str, object]:
    return {"name": name, "mimeType": "image/jpeg", "buffer": io.BytesIO(picture(seed)).getvalue()}


def test_from_the_application_to_the_statement(served: Served) -> None:
    _prepare(served)
    desk = served.signed_in("programme", DESKTOP)
    phone = served.context(PHONE, locale="en-GB", has_touch=True, is_mobile=True).new_page()
    _join(served, phone, desk)

    phone.get_by_role("navigation").get_by_role("link", name="Tasks", exact=True).click()
    sound(phone)
    phone.get_by_role("link", name=re.compile("Transfer in large text")).click()
    sound(phone)
    phone.get_by_role("button", name="Claim a place").click()
    sound(phone)
    with phone.expect_popup() as opened:
        phone.get_by_role("link", name="Open the questionnaire").click()
    _answer(opened.value)
    opened.value.close()
    phone.get_by_label("1. Switch on large text").check()
    phone.get_by_label("In a few words").fill("The button is cut off")
    phone.get_by_label("What happened, where").fill("In large text the button to confirm shows half of its words.")
    phone.get_by_role("button", name="Hand in").click()
    expect(phone.get_by_text("More photos are needed.")).to_be_visible()
    phone.locator("input[type=file]").set_input_files([_photo("one.jpg", 1)])  # type: ignore[list-item]
    phone.get_by_role("button", name="Hand in").click()
    expect(phone.get_by_text("Nothing for you to do").first).to_be_visible()
    sound(phone)

    desk.goto(f"{served.url}/portal/officers/reviews")
    sound(desk)
    desk.get_by_role("link", name="The button is cut off").click()
    sound(desk)
    desk.keyboard.press("i")
    desk.get_by_label("What is missing").select_option("more_photo")
    desk.get_by_label("Words to the officer").fill("The whole page, please")
    desk.get_by_role("button", name="Decide").click()
    expect(desk.get_by_text("need info").first).to_be_visible()

    phone.goto(f"{served.url}/officers/tasks")
    sound(phone)
    phone.get_by_role("link", name="Answer the question").click()
    phone.get_by_label("Your answer").fill("Here it is.")
    phone.locator("input[type=file]").set_input_files([_photo("two.jpg", 2)])  # type: ignore[list-item]
    phone.get_by_role("button", name="Send the answer").click()
    expect(phone.get_by_text("in review").first).to_be_visible()
    sound(phone)

    desk.reload()
    desk.keyboard.press("a")
    desk.get_by_label("Quality").select_option("3")
    desk.get_by_label("Weight of what was found").select_option("2")
    desk.get_by_role("button", name="Decide").click()
    expect(desk.get_by_text("approved").first).to_be_visible()
    sound(desk)

    phone.reload()
    expect(phone.get_by_role("heading", name="Thank you")).to_be_visible()
    phone.goto(f"{served.url}/officers/points")
    expect(phone.get_by_text("Pending").first).to_be_visible()
    sound(phone)
    with served.ground.writing() as session:  # a week goes by
        week = timedelta(days=8)
        for lot in session.scalars(select(PointLot)).all():
            session.execute(update(PointLot).where(PointLot.id == lot.id).values(usable_from=lot.usable_from - week))
        assert session.scalars(select(Submission.state)).all() == ["approved"]
    phone.goto(f"{served.url}/officers/shop")
    phone.get_by_role("link", name="Redeem").click()
    phone.get_by_role("button", name=re.compile("Redeem for")).click()
    sound(phone)
    phone.goto(f"{served.url}/officers/points")
    expect(phone.get_by_text("A coffee").or_(phone.get_by_text(re.compile("[−-]5"))).first).to_be_visible()
    sound(phone)
