"""On a phone: a customer comes from the bank's app, applies, is taken on, learns, and begins."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from officers.people import learning, tickets
from portal.people.rules.roles import Role
from tests.browser import DESKTOP, PHONE, violations
from tests.flows.conftest import Served

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only, pytest.mark.timeout(300)]


def sound(page: Page) -> None:
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1]
    assert violations(page) == []


def test_from_the_app_of_the_bank_to_the_first_tier(served: Served) -> None:
    served.user("programme", Role.OFFICER_MANAGER, "HO")
    phone = served.context(PHONE, locale="en-GB", has_touch=True, is_mobile=True).new_page()
    phone.goto(f"{served.url}/officers/join")
    sound(phone)
    phone.get_by_role("link", name="I am a customer").click()
    sound(phone)
    key = tickets.key_of_app(served.ground.keys)
    phone.goto(f"{served.url}/officers/enter?ticket={tickets.sign(key, 'C-1', datetime.now(UTC), 'a' * 16)}")
    phone.get_by_label("Alias").fill("Bamboo")
    phone.get_by_label("I am 18 or older.").check()
    phone.get_by_label("I agree that my data").check()
    sound(phone)
    phone.get_by_role("button", name="Hand in the application").click()
    expect(phone.get_by_role("heading", name="Your application is with us")).to_be_visible()
    sound(phone)

    desk = served.signed_in("programme", DESKTOP)
    desk.goto(f"{served.url}/portal/officers/people?state=applied")
    desk.get_by_role("link", name="Bamboo").click()
    sound(desk)
    desk.get_by_role("button", name="Take on").click()
    expect(desk.get_by_text("Admitted").first).to_be_visible()

    phone.goto(f"{served.url}/officers")
    phone.get_by_role("link", name="Begin the training").click()
    sound(phone)
    for place, question in enumerate(learning.built_in().questions):
        phone.locator(f"input[name=q{place}][value='{question.right}']").check()
    phone.get_by_role("button", name="Hand in").click()
    expect(phone.get_by_role("heading", name="Explorer")).to_be_visible()
    sound(phone)
    phone.get_by_role("navigation").get_by_role("link", name="Me", exact=True).click()
    sound(phone)
    phone.goto(f"{served.url}/officers/growth")
    sound(phone)
    desk.goto(f"{served.url}/portal/officers/tiers/new")
    sound(desk)
    desk.goto(f"{served.url}/portal/officers/training/edit")
    sound(desk)
