"""The answer page's speed, as ratios measured in one run; exit 1 where a limit is missed.

    hooks  the constant view in the product  ÷  the same view in a bare Flask app    ≥ 0.5
    GET    the five-question page            ÷  the constant view in the product     ≥ 0.6
    POST   five answers, claimed, committed  ÷  the constant view in the product     ≥ 0.25 SQLite, ≥ 0.12 PostgreSQL
    COUNT  answers the roll-up counts a second, of units four levels deep  ÷  POST   ≥ 1

One granian worker, one thread, loopback, 8 connections; rounds in turn, medians. SQLite with synchronous=NORMAL.
Run: python -m bench.answer [--rounds 5] [--requests 3000] [--postgres URL]
"""

import argparse
import itertools
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from bench import answer_load as load
from portal.audit.trail import Actor
from portal.foundation.clock import SystemClock
from portal.foundation.db import insert_rows
from portal.foundation.ground import Ground, open_ground
from portal.foundation.ids import new_id
from portal.foundation.settings import Settings
from portal.migrations import run as migrations
from portal.people import units
from portal.people.units import UnitFacts
from questionnaires.answering.invitations import InvitationSpec, make_rows
from questionnaires.answering.models import Invitation
from questionnaires.library.models import Questionnaire, QuestionnaireVersion
from questionnaires.logic.definition import Definition, content_hash
from questionnaires.metrics.jobs import roll_up

LIMITS = {"hooks": 0.5, "GET": 0.6, "POST sqlite": 0.25, "POST postgresql": 0.12, "COUNT sqlite": 1.0, "COUNT postgresql": 1.0}
KINDS = ("head", "branch", "sub_branch", "outlet")
OUTLETS = 20
WARM = 300
SERVER = """
import sys
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
Granian("bench.answer_app:" + sys.argv[1], factory=True, address="127.0.0.1", port=int(sys.argv[2]), interface=Interfaces.WSGI,
        workers=1, blocking_threads=1, log_level=LogLevels.error, websockets=False).serve()
"""


def both(zh: str, en: str) -> dict[str, str]:
    """Words in both languages."""
    return {"zh-Hans": zh, "en": en}


REASONS = ("等候时间长", "材料要求说得不清楚", "多次补交材料", "办理进度不知道找谁问", "费用或利率解释不够", "其他")
FIVE = {
    "title": both("贷款服务评价", "Your loan application"),
    "thank_you": both("谢谢您！", "Thank you!"),
    "pages": [
        {
            "id": "one",
            "questions": [
                {
                    "code": "nps",
                    "type": "nps",
                    "required": True,
                    "indicator": "nps",
                    "text": both("您会把我行的贷款服务推荐给亲友吗？", "Would you recommend us?"),
                },
                {
                    "code": "why",
                    "type": "multiple",
                    "text": both("哪些地方还没有做好？", "What went wrong?"),
                    "show_if": {"field": "nps", "op": "le", "value": 6},
                    "options": [{"code": f"r{n}", "text": both(words, words)} for n, words in enumerate(REASONS)],
                },
                {"code": "ease", "type": "ces", "indicator": "ces", "text": both("办理过程轻松吗？", "It was easy.")},
                {"code": "again", "type": "yes_no", "text": both("您愿意再来吗？", "Would you come again?")},
                {"code": "words", "type": "long_text", "text": both("您希望我们先改进什么？", "What should we improve first?")},
            ],
        }
    ],
}
ANSWERS = urlencode({"_page": 0, "nps": 6, "why": "r1", "ease": 3, "again": "yes", "words": "材料清单再清楚一点", "_do": "next"}).encode()


@dataclass
class Served:
    """A server of one app and one database."""

    port: int
    ground: Ground | None = None
    version: object = None
    outlets: Sequence[UUID] = ()

    @property
    def host(self) -> str:
        """What the Host header says."""
        return f"127.0.0.1:{self.port}"


def prepare(folder: Path, url: str) -> Ground:
    """A migrated database with one published questionnaire."""
    ground = open_ground(Settings(data_dir=folder, database_url=url), SystemClock())
    migrations.upgrade(ground.db.engine)
    return ground


def publish(ground: Ground) -> object:
    """The five-question page as a version."""
    definition, key, version, now = Definition.from_json(FIVE), new_id(), new_id(), ground.now()
    with ground.writing() as session:
        session.add(
            Questionnaire(id=key, code=f"bench-{key.hex}", title_zh="问卷", title_en="Survey", draft=FIVE, created_at=now, updated_at=now)
        )
        session.flush()
        session.add(
            QuestionnaireVersion(
                id=version,
                questionnaire_id=key,
                number=1,
                definition=definition.to_json(),
                content_hash=content_hash(definition),
                published_at=now,
            )
        )
    return version


def outlets(ground: Ground) -> list[UUID]:
    """Outlets below two branches with two sub-branches each."""
    now, by, found = ground.now(), Actor.system("bench"), []
    with ground.writing() as session:

        def unit(code: str, level: int, parent: UUID | None) -> UUID:
            return units.add(session, UnitFacts(code, f"机构{code}", f"Unit {code}", KINDS[level]), parent, now.date(), by, now).id

        head = unit("HO", 0, None)
        for branch in (unit(f"B{n}", 1, head) for n in range(2)):
            subs = [unit(f"S{branch.hex[-6:]}{n}", 2, branch) for n in range(2)]
            found += [unit(f"O{sub.hex[-6:]}{n}", 3, sub) for sub in subs for n in range(OUTLETS // 4)]
    return found


def links(served: Served, count: int) -> list[str]:
    """Paths of fresh links."""
    assert served.ground is not None
    keys, now = served.ground.keys, served.ground.now()
    at = itertools.cycle(served.outlets)
    specs = [InvitationSpec(served.version, touchpoint="loan", channel="sms", unit_id=next(at)) for _ in range(count)]  # type: ignore[arg-type]
    with served.ground.writing() as session:
        insert_rows(session, Invitation, make_rows(specs, keys, now))
    return [f"/s/{keys.link_token(spec.id)[0]}" for spec in specs]


@contextmanager
def serve(app: str, environment: dict[str, str]) -> Iterator[int]:
    """A granian server with one worker and one thread."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", SERVER, app, str(port)], env={**os.environ, **environment})
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def constant(served: Served, count: int) -> float:
    """Requests a second of the constant view."""
    return rate(load.run(served.port, itertools.repeat(load.get("/s/-/constant", served.host)), count), count)


def pages(served: Served, count: int) -> float:
    """Pages a second, each of one of a hundred links."""
    requests = itertools.cycle([load.get(path, served.host) for path in links(served, 100)])
    return rate(load.run(served.port, requests, count), count)


def submits(served: Served, count: int) -> float:
    """Answers a second, each of a link of its own."""
    requests = [load.post(path, served.host, ANSWERS) for path in links(served, count)]
    return rate(load.run(served.port, iter(requests), count), count)


def counted(served: Served, count: int) -> float:
    """Answers a second that the roll-up counts on one core: those of the round before."""
    assert served.ground is not None
    began = time.perf_counter()
    seen = roll_up(served.ground, served.ground.now())
    took = time.perf_counter() - began
    if seen < count:  # steps of the funnel are seen too
        raise SystemExit(f"counted {seen} of {count}")
    return count / took


def rate(result: load.Round, count: int) -> float:
    """The rate of a round in which every request was answered with 200."""
    if result.statuses != {200: count}:
        raise SystemExit(f"not every request was answered: {result.statuses}")
    return result.rate


def measure(things: dict[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Medians of rounds in turn."""
    found: dict[str, list[float]] = {name: [] for name in things}
    for _ in range(rounds):
        for name, thing in things.items():
            found[name].append(thing())
    return {name: statistics.median(rates) for name, rates in found.items()}


def run(rounds: int, count: int, postgres: str) -> bool:
    """All measurements; whether every limit was kept."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bare = Served(stack.enter_context(serve("bare", {"SOUNDINGS_DATA_DIR": str(folder / "bare")})))
        kinds = {"sqlite": ""} | ({"postgresql": postgres} if postgres else {})
        apps = {kind: _whole(stack, folder / kind, url) for kind, url in kinds.items()}
        things: dict[str, Callable[[], float]] = {"bare": lambda: constant(bare, count)}
        for kind, app in apps.items():
            things |= {
                f"constant {kind}": lambda app=app: constant(app, count),  # type: ignore[misc]
                f"GET {kind}": lambda app=app: pages(app, count),  # type: ignore[misc]
                f"POST {kind}": lambda app=app: submits(app, count // 2),  # type: ignore[misc]
                f"COUNT {kind}": lambda app=app: counted(app, count // 2),  # type: ignore[misc]
            }
        measure(things | {}, 1)
        rates = measure(things, rounds)
    for name, value in rates.items():
        print(f"{name:22} {value:8.0f} /s")
    return judge(rates, list(kinds))


def _whole(stack: ExitStack, folder: Path, url: str) -> Served:
    ground = prepare(folder, url)
    stack.callback(ground.db.close)
    served = Served(0, ground, publish(ground), outlets(ground))
    served.port = stack.enter_context(serve("whole", {"SOUNDINGS_DATA_DIR": str(folder), "SOUNDINGS_DATABASE_URL": url}))
    return served


def judge(rates: dict[str, float], kinds: list[str]) -> bool:
    """Print each ratio beside its limit."""
    ratios = {"hooks": rates["constant sqlite"] / rates["bare"], "GET": rates["GET sqlite"] / rates["constant sqlite"]}
    for kind in kinds:
        ratios[f"POST {kind}"] = rates[f"POST {kind}"] / rates[f"constant {kind}"]
        ratios[f"COUNT {kind}"] = rates[f"COUNT {kind}"] / rates[f"POST {kind}"]
    for name, ratio in ratios.items():
        print(f"{name:22} {ratio:8.2f}  (limit {LIMITS[name]})  {'kept' if ratio >= LIMITS[name] else 'MISSED'}")
    if "postgresql" in kinds:
        print(f"{'GET postgresql':22} {rates['GET postgresql'] / rates['constant postgresql']:8.2f}  (no limit)")
    return all(ratio >= LIMITS[name] for name, ratio in ratios.items())


def main() -> None:
    """Read the options, measure, end with the verdict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--postgres", default=os.environ.get("SOUNDINGS_BENCH_POSTGRES", ""), help="an empty database")
    options = parser.parse_args()
    sys.exit(0 if run(options.rounds, options.requests, options.postgres) else 1)


if __name__ == "__main__":
    main()
