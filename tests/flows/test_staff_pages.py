"""Every page of the navigation, as each role's person sees it: no script error, nothing beyond the edge, nothing that axe finds."""

import pytest
from playwright.sync_api import Page

from portal.people.rules.roles import Role
from tests.browser import DESKTOP, PHONE, violations
from tests.flows.conftest import Served

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only, pytest.mark.timeout(900)]


def _look_at(page: Page, url: str, troubles: list[str]) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    answer = page.goto(url)
    page.wait_for_load_state("networkidle")
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    if answer is None or answer.status != 200:
        troubles.append(f"{url}: {answer.status if answer else 'no answer'}")
    if width[0] > width[1]:
        troubles.append(f"{url}: {width[0] - width[1]} px beyond the edge at {width[1]}")
    troubles += [f"{url}: {one}" for one in [*said, *violations(page)]]


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
    served.user("walker", role, "O1" if role is Role.OUTLET_MANAGER else "HO")
    page = served.signed_in("walker", size)
    links = page.eval_on_selector_all("nav a[href^='/portal']", "all => [...new Set(all.map(one => one.href))]")
    assert links or role is Role.API_CLIENT
    troubles: list[str] = []
    pages = [f"{served.url}/portal/", *links]
    for link in pages if part is None else pages[part::PARTS]:
        _look_at(page, link, troubles)
    assert not troubles, "\n".join(troubles)
