"""The answer page's evaluator in the engine that customers have: the same table as the server's."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser

HERE = Path(__file__).parent
TWIN = HERE.parents[2] / "static" / "js" / "conditions.js"
TABLE = (HERE / "conditions.json").read_text(encoding="utf-8")

pytestmark = pytest.mark.browser


def test_a_real_browser_agrees_with_the_table(browser: Browser) -> None:
    cases = json.loads(TABLE)
    assert len(cases) >= 150
    page = browser.new_page()
    page.add_script_tag(path=TWIN)
    said = page.evaluate("(table) => JSON.parse(table).map((one) => window.Soundings.evaluate(one.condition, one.facts))", TABLE)
    page.close()
    assert [one["about"] for one, found in zip(cases, said, strict=True) if found is not one["expected"]] == []
