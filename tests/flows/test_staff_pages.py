"""Every page of the navigation, as each role's person sees it: no script error, nothing beyond the edge, nothing that axe finds."""

import os

import pytest
from playwright.sync_api import Page

from portal.people.rules.roles import Role
from tests.browser import DESKTOP, PHONE, violations
from tests.flows.conftest import Served

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only, pytest.mark.timeout(900)]


DEEP = bool(os.environ.get("SOUNDINGS_DEEP"))


def _look_at(page: Page, url: str, leave_out: str) -> list[str]:
    answer = page.goto(url)
    if DEEP:
        page.wait_for_load_state("networkidle")
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    troubles = [] if answer and answer.status == 200 else [f"{answer.status if answer else 'no answer'}"]
    if width[0] > width[1]:
        troubles.append(f"{width[0] - width[1]} px beyond the edge at {width[1]}")
    return [*troubles, *violations(page, leave_out)]


PARTS = 3
"""An administrator sees most pages: they are walked in so many tests, which run side by side."""


@pytest.mark.parametrize(
    ("role", "size", "part"),
    [
        *(pytest.param(Role.ADMINISTRATOR, DESKTOP, part, id=f"administrator-desktop-{part}") for part in range(PARTS)),
        pytest.param(Role.OUTLET_MANAGER, PHONE, None, id="outlet_manager-phone"),
        pytest.param(Role.OFFICER_MANAGER, PHONE, None, id="officer_manager-phone"),
        *(
            pytest.param(role, size, None, id=f"{role}-{size['width']}", marks=pytest.mark.deep)
            for role in Role
            for size in (DESKTOP, PHONE)
        ),
    ],
)
def test_every_page_of_the_navigation_is_sound(served: Served, role: Role, size: dict[str, int], part: int | None) -> None:
    """The navigation itself is looked at on the first page; with SOUNDINGS_DEEP on every page, each left alone until all is quiet."""
    served.user("walker", role, "O1" if role is Role.OUTLET_MANAGER else "HO")
    page = served.signed_in("walker", size)
    links = page.eval_on_selector_all("nav a[href^='/portal']", "all => [...new Set(all.map(one => one.href))]")
    assert links or role is Role.API_CLIENT
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(f"{page.url}: {message.text}") if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
    pages = [f"{served.url}/portal/", *links]
    for number, link in enumerate(pages if part is None else pages[part::PARTS]):
        troubles += [f"{link}: {one}" for one in _look_at(page, link, "" if DEEP or number == 0 else "#nav")]
    assert not troubles, "\n".join(troubles)
