"""Take the pictures of docs/ from a running product: `python -m tests.pictures http://127.0.0.1:8000 DATA_DIR [FOLDER]`.

The product is one that `soundings demo` filled; its log-ins are read from DATA_DIR/demo-log-ins.txt.
"""

import re
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import CHROMIUM

SHOTS = (
    ("analyst", "/portal/metrics", "dashboard.png", 1440),
    ("protection", "/portal/privacy", "privacy.png", 1440),
    ("protection", "/portal/privacy/register", "register.png", 1440),
    ("admin", "/portal/house/settings", "settings.png", 1440),
    ("old-town", "/portal/my-day", "my-day.png", 390),
    ("", "/privacy/request?lang=en", "rights.png", 390),
)


def log_ins(folder: Path) -> dict[str, str]:
    """Names and passwords of the made-up bank."""
    lines = (folder / "demo-log-ins.txt").read_text(encoding="utf-8").splitlines()
    return {found[1]: found[2] for line in lines if (found := re.match(r"\s*(\S+)\s+(\S.*\S|\S)\s*$", line))}


def main(at: str, data: Path, target: Path) -> None:
    """Log in as each role and take its pages."""
    known = log_ins(data)
    target.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for who, path, name, width in SHOTS:
            if who and who not in known:
                sys.stderr.write(f"no log-in {who}: {name} is left out\n")
                continue
            page = browser.new_context(locale="en", viewport={"width": width, "height": 900}).new_page()
            if who:
                page.goto(f"{at}/log-in")
                page.fill("input[name=login]", who)
                page.fill("input[name=password]", known[who].split()[0])
                page.click("main button")
            page.goto(f"{at}{path}", wait_until="networkidle")
            page.screenshot(path=str(target / name))
            page.context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3] if len(sys.argv) > 3 else "docs/pictures"))
