"""A small client of the programming interface: standard library only, to be copied.

    SOUNDINGS=https://voice.bank.example KEY=snd_… python client.py

sends an event, sends it again, asks what became of it, and reads all open cases page by page.
"""

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any


class Problem(Exception):
    """An answer of the 4xx kind: `code` is stable, `errors` names fields and what is wrong with them."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body.get('code')}")
        self.status, self.code, self.errors = status, body.get("code", ""), body.get("errors", [])


class Soundings:
    """Calls with a key; tries again, with the same idempotency key, where no answer came or the limit was reached."""

    def __init__(self, address: str, key: str, tries: int = 4) -> None:
        self._address, self._key, self._tries = address.rstrip("/") + "/api/v1", key, tries

    def call(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """One call. Raises Problem where the request was refused."""
        url = f"{self._address}{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        headers = {"Authorization": f"Bearer {self._key}", "Accept": "application/json"}
        if method != "GET":
            headers |= {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        for attempt in range(self._tries):
            try:
                request = urllib.request.Request(url, data, headers, method=method)
                with urllib.request.urlopen(request, timeout=20) as answer:
                    raw = answer.read()
                    return json.loads(raw) if raw else None
            except urllib.error.HTTPError as error:
                if error.code not in (429, 502, 503) or attempt == self._tries - 1:
                    raise Problem(error.code, json.loads(error.read() or b"{}")) from None
                time.sleep(int(error.headers.get("Retry-After") or 2**attempt))
            except urllib.error.URLError:
                if attempt == self._tries - 1:
                    raise
                time.sleep(2**attempt)
        return None

    def pages(self, path: str, name: str, **query: str) -> Iterator[Any]:
        """All rows of a list, page by page."""
        while True:
            page = self.call("GET", path, None, **query)
            yield from page[name]
            if not page["next_cursor"]:
                return
            query["cursor"] = page["next_cursor"]


def main() -> None:
    """What the head of this file says."""
    bank = Soundings(os.environ["SOUNDINGS"], os.environ["KEY"])
    event = {
        "event_id": f"example-{uuid.uuid4()}",
        "event_type": os.environ.get("EVENT_TYPE", "counter.visit"),
        "customer_ref": "C-1001",
        "occurred_at": datetime.now(UTC).isoformat(),
    }
    print("first:", bank.call("POST", "/events", event))
    print("again:", bank.call("POST", "/events", event))
    print("became:", bank.call("GET", f"/events/{event['event_id']}")["reason"])
    print("open cases:", sum(1 for _case in bank.pages("/cases", "cases", view="open")))


if __name__ == "__main__":
    main()
