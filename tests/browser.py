"""Debian's Chromium for tests, one for the whole run, and axe."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
AXE = next((Path(__file__).parent / "vendor").glob("axe-core-*/axe.min.js"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window; says that it is absent and skips, unless it is required."""
    if CHROMIUM is None:
        if "chromium" in os.environ.get("SOUNDINGS_TEST_REQUIRE", ""):
            pytest.fail("Chromium is required here, and there is none")
        pytest.skip("Chromium is not installed: apt install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


def violations(page: Page, leave_out: str = "") -> list[str]:
    """What axe finds on a page. What it found to be right is not collected: finding names for all of that took longer than looking.

    leave_out  a selector of what need not be looked at
    """
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    how = "leaveOut => axe.run(leaveOut ? {exclude: [leaveOut]} : document, {resultTypes: ['violations']})"
    found = page.evaluate(how, leave_out)["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
