"""The whole story: an event comes in, a message goes out, a low score is given on a phone, the outlet's manager sees the case."""

import json
import re
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.flows.conftest import API_KEY, Served
from tests.processes import until

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]
WITHIN = 60_000
"""Milliseconds for what the clock does within seconds; CI's machines are slow."""


def _event() -> dict[str, object]:
    return {
        "event_id": "tx-1",
        "event_type": "loan.decided",
        "customer_ref": "C-1",
        "occurred_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "unit": "O1",
        "attributes": {"business": "mortgage"},
    }


def _post(served: Served, event: dict[str, object]) -> dict[str, object]:
    request = urllib.request.Request(
        f"{served.url}/api/v1/events",
        data=json.dumps(event).encode(),
        headers={"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        assert response.status == 202
        return dict(json.load(response))


def _outbox(data: Path) -> list[str]:
    return [json.loads(path.read_text(encoding="utf-8"))["text"] for path in sorted((data / "outbox").rglob("*.json"))]


def test_from_an_event_to_a_case_that_the_right_manager_sees(served: Served, on_phone: Callable[[str], Page]) -> None:
    event = _event()
    assert _post(served, event) == {"received": 1, "duplicates": 0, "rejected": []}
    assert _post(served, event) == {"received": 0, "duplicates": 1, "rejected": []}

    until(lambda: bool(_outbox(served.data)), seconds=30, what="a message in the outbox")
    (message,) = _outbox(served.data)
    assert "江州银行" in message
    assert "张三" not in message
    link = re.search(rf"{re.escape(served.url)}/s/\S+", message)
    assert link is not None

    page = on_phone(link.group(0))
    page.get_by_text("3", exact=True).first.click()
    page.get_by_role("button", name="下一页").click()
    page.get_by_role("textbox").first.fill("材料交了三次。")
    page.locator("label", has_text="是").first.click()
    page.get_by_role("button", name=re.compile("提交|完成")).click()
    expect(page.get_by_role("heading", name=re.compile("谢谢"))).to_be_visible()

    manager = served.signed_in("manager.o1")
    manager.goto(f"{served.url}/portal/cases")
    expect(manager.get_by_text(re.compile(r"GD-\d{8}-0001")).first).to_be_visible(timeout=WITHIN)
    manager.get_by_text(re.compile(r"GD-\d{8}-0001")).first.click()
    expect(manager.get_by_text("材料交了三次。").first).to_be_visible()
    address = manager.url

    other = served.signed_in("manager.o2")
    other.goto(f"{served.url}/portal/cases")
    expect(other.get_by_text(re.compile(r"GD-\d{8}-0001"))).to_have_count(0)
    answer = other.goto(address)
    assert answer is not None
    assert answer.status == 404
