"""`db upgrade` beside a web process and a clock that serve: no request fails, and the served version says that it is behind."""

import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.audit.trail import Actor
from portal.foundation.crypto import save_keys
from portal.foundation.ground import Ground
from portal.foundation.settings import Settings
from portal.people import api_keys
from scheduler.contacts.rules.policy import from_toml
from tests.portal.migrations.test_serving import NEWER, newer
from tests.processes import answers, environment, free_port, run, started, until
from tests.scheduler.contacts.world import World

__all__ = ["NEWER", "newer"]
pytestmark = [pytest.mark.faults, pytest.mark.deep, pytest.mark.timeout(300)]
UPGRADE = """
import sys
from pathlib import Path
from portal.foundation.db import Database
from portal.migrations.serving import upgrade_serving
print(upgrade_serving(Database(sys.argv[1], pooled=False).engine, Path(sys.argv[2])))
"""


class Asking(threading.Thread):
    """Events in and pages out, all the time; what failed, and how long the slowest took."""

    def __init__(self, port: int, secret: str) -> None:
        super().__init__(daemon=True)
        self.port, self.secret, self.failed, self.slowest, self.asked = port, secret, [], 0.0, 0  # type: ignore[var-annotated]
        self.ended = threading.Event()

    def run(self) -> None:
        """One after the other."""
        for request in self._requests():
            began = time.monotonic()
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    answer.read()
            except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
                self.failed.append(str(error))
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.asked += 1
            if self.ended.is_set():
                return

    def _requests(self) -> Iterator[urllib.request.Request]:
        at, number = f"http://127.0.0.1:{self.port}", 0
        while True:
            number += 1
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            event = {"event_id": f"U{number}", "event_type": "done", "customer_ref": f"C{number % 50:06}", "occurred_at": now}
            head = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"}
            yield urllib.request.Request(f"{at}/api/v1/events", json.dumps(event).encode(), head)
            yield urllib.request.Request(f"{at}/log-in")


def test_an_upgrade_fails_no_request(ground: Ground, newer: Path, tmp_path: Path, settings: Settings) -> None:
    World(ground).start(from_toml("[[caps]]\nn = 1\nwindow = '24h'\n"))
    with ground.writing() as session:
        secret = api_keys.make(session, "u", ["events.write"], ["events.write"], None, Actor.system("test"), ground.now())[1]
    save_keys(tmp_path / "keys.json", ground.keys)
    port, url = free_port(), ground.db.url
    with started(tmp_path, "serve", "--port", str(port), SOUNDINGS_DATABASE_URL=url):
        until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), seconds=90, what="ready")
        asking = Asking(port, secret)
        asking.start()
        until(lambda: asking.asked > 20, seconds=60, what="some requests")
        command = [sys.executable, "-c", UPGRADE, url, str(newer)]
        upgrades = [subprocess.Popen(command, env=environment(tmp_path), cwd=tmp_path, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        ran = [int((upgrade.communicate(timeout=120)[0] or "0").split()[-1]) for upgrade in upgrades]
        after = asking.asked
        until(lambda: asking.asked > after + 20, seconds=60, what="more requests")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            told = json.loads(answer.read())
        asking.ended.set()
        asking.join(30)
    sys.stderr.write(f"\n{asking.asked} requests, {len(asking.failed)} failed, the slowest took {asking.slowest:.1f} s\n")
    assert asking.failed == []
    assert sorted(ran) == [0, 1]
    assert (told["status"], told["schema"], told["revision"]) == ("ready", "ahead", "9999")
    assert run(tmp_path, "stats", check=False, SOUNDINGS_DATABASE_URL=url).returncode == 1, "a start beside a newer schema is refused"
