"""Take the pictures of docs/ from a running product: `python -m tests.pictures http://127.0.0.1:8000 DATA_DIR [FOLDER]`.

The product is one that `soundings demo` filled; its log-ins are read from DATA_DIR/demo-log-ins.txt. Pages are taken in English, as the
documents are; `--language zh-Hans` takes them in Chinese. A page that answers with an error ends the run.
"""

import argparse
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import ARGUMENTS, CHROMIUM
from tests.processes import run

PATIENCE = 120_000
"""Milliseconds; on a busy machine the builder's live preview takes its time."""


@dataclass(frozen=True)
class Shot:
    """A picture: who looks (nobody: a customer), from which page, on through which links, how wide, and how much of the page."""

    name: str
    who: str
    path: str
    follow: tuple[str, ...] = ()
    width: int = 1440
    height: int = 900


SHOTS = (
    Shot("dashboard", "analyst", "/portal/dashboard"),
    Shot("builder", "designer", "/portal/questionnaires", ("main tbody tr td a", "main a[href*='/edit']")),
    Shot("decision", "protection", "/portal/decisions", ("main tbody tr td a",)),
    Shot("privacy", "protection", "/portal/privacy"),
    Shot("register", "protection", "/portal/privacy/register"),
    Shot("access", "admin", "/portal/access"),
    Shot("settings", "admin", "/portal/house/settings"),
    Shot("operations", "admin", "/portal/operations"),
    Shot("my-day", "old-town", "/portal/my-day", width=390),
    Shot("rights", "", "/privacy/request?lang={language}", width=390),
    Shot("answer", "", "", width=390),
)
"""The answer page's address is a link that the product makes when it is taken."""


def log_ins(folder: Path) -> dict[str, str]:
    """Names and passwords of the made-up bank."""
    lines = (folder / "demo-log-ins.txt").read_text(encoding="utf-8").splitlines()
    return {found[1]: found[2] for line in lines if (found := re.match(r"\s*(\S+)\s+(\S+)", line))}


def answer_link(data: Path) -> str:
    """The path of a link for trying the first published questionnaire."""
    listed = json.loads(run(data, "questionnaires", "list", "--json").stdout)
    first = next(one for one in listed["questionnaires"] if one.get("status") == "published")
    told = run(data, "questionnaires", "link", str(first["id"])).stdout
    return re.search(r"https?://[^/\s]+(/\S+)", told)[1] + "?lang={language}"  # type: ignore[index]  # the command prints one address


def come_in(browser: Browser, at: str, language: str, who: str, password: str) -> Page:
    """A page of somebody who logged in; of a customer where `who` is empty."""
    page = browser.new_context(locale=language, device_scale_factor=1).new_page()
    page.set_default_timeout(PATIENCE)
    if who:
        page.goto(f"{at}/log-in")
        page.fill("input[name=login]", who)
        page.fill("input[name=password]", password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(f"{at}/portal/**")
    return page


def take(page: Page, at: str, shot: Shot, target: Path) -> None:
    """Go to the page and take it."""
    page.set_viewport_size({"width": shot.width, "height": shot.height})
    answer = page.goto(f"{at}{shot.path}", wait_until="networkidle")
    for selector in shot.follow:
        with page.expect_navigation(wait_until="networkidle") as gone:
            page.locator(selector).first.evaluate("link => location.assign(link.href)")  # a click may open the panel at the side
        answer = gone.value
    if answer is None or answer.status >= 400:
        raise SystemExit(f"{shot.name}: {page.url} answers {answer.status if answer else 'nothing'}")
    page.wait_for_function("[...document.querySelectorAll('[data-chart]')].every(one => one.querySelector('canvas, svg'))")
    page.evaluate("scrollTo(0, 0)")  # a page may have scrolled to where one writes
    page.screenshot(path=str(target / f"{shot.name}.png"))


def main(at: str, data: Path, target: Path, language: str = "en") -> None:
    """Log in once as each role and take its pages."""
    known, pages = log_ins(data), {}
    target.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for shot in SHOTS:
            if shot.who not in pages:
                pages[shot.who] = come_in(browser, at, language, shot.who, known.get(shot.who, ""))
            path = (shot.path or answer_link(data)).format(language=language)
            take(pages[shot.who], at, Shot(shot.name, shot.who, path, shot.follow, shot.width, shot.height), target)
            sys.stderr.write(f"{shot.name}\n")
        browser.close()


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--language", default="en")
    asked.add_argument("address")
    asked.add_argument("data", type=Path)
    asked.add_argument("target", type=Path, nargs="?", default=Path("docs/pictures"))
    given = asked.parse_args()
    main(given.address, given.data.absolute(), given.target, given.language)
