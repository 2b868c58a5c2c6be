"""What dashboards cost. `python -m bench.dashboard [--small] [--database sqlite|postgresql]`.

The same pages over two banks, one with ten times the answers of the other, in turn within one run; medians. Limits: the page of the
head office, a branch and an outlet costs at most 1.3 times as much, cut by a touchpoint at most 3 times; what a page reads costs at
most 0.2 of one GROUP BY over the answers of the same days without a covering index. Beside it: how many answers a second are counted
on one core. PostgreSQL: SOUNDINGS_BENCH_POSTGRES, the address of a server where databases may be made.
"""

import argparse
import gc
import os
import statistics
import sys
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

from sqlalchemy import text, update

from bench.dashboard_world import NOW, TODAY, BenchBank
from bench.decide import ground_of
from portal.migrations.models import load_all
from portal.people.rules.roles import EVERYTHING
from questionnaires.answering.models import Response
from questionnaires.metrics.asked import Asked
from questionnaires.metrics.checking import differences
from questionnaires.metrics.dashboard import read_dashboard
from questionnaires.metrics.jobs import roll_up
from questionnaires.metrics.privacy import Reader

ZONE = ZoneInfo("Asia/Shanghai")
PAGES = {
    "head office": {"unit": "HO"},
    "a branch": {"unit": "B3"},
    "an outlet": {"unit": "O7"},
    "head office, 365 days": {"unit": "HO", "period": "365"},
    "head office by touchpoint": {"unit": "HO", "touchpoint": "card"},
    "a branch by touchpoint": {"unit": "B3", "touchpoint": "card"},
    "an outlet by touchpoint": {"unit": "O7", "touchpoint": "card"},
    "head office by touchpoint and channel": {"unit": "HO", "touchpoint": "card", "channel": "sms"},
    "a branch by touchpoint and channel": {"unit": "B3", "touchpoint": "card", "channel": "sms"},
}
GROW, GROW_CUT, AGAINST = 1.3, 3.0, 0.2
TO_COUNT = 20_000
GROUP_BY = """
SELECT a.ancestor_id, COUNT(*), SUM(s.value), SUM(CASE WHEN s.value < 7 THEN 1 ELSE 0 END), SUM(CASE WHEN s.value >= 9 THEN 1 ELSE 0 END)
FROM response r JOIN score s ON s.response_id = r.id AND s.indicator = 'nps' JOIN unit_ancestor a ON a.unit_id = r.unit_id AND a.depth = 1
WHERE r.submitted_at >= :first AND r.submitted_at < :last AND r.purpose = 'customer' AND r.source = 'invited' GROUP BY a.ancestor_id
"""


def seconds(act: Callable[[], object]) -> float:
    """How long an act takes."""
    gc.collect()
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def page(bank: BenchBank, asked: Asked) -> None:
    """All that a page reads and works out."""
    with bank.ground.reading() as session:
        read_dashboard(session, Reader(EVERYTHING), asked, TODAY, ZONE, NOW)


def group_by(bank: BenchBank) -> None:
    """The branches' figures of 90 days from the answers themselves."""
    first, last = ("2026-03-17 16:00:00", "2026-06-15 16:00:00")
    with bank.ground.reading() as session:
        session.execute(text(GROUP_BY), {"first": first, "last": last}).all()


def counted_a_second(bank: BenchBank) -> float:
    """How many answers a second the roll-up counts on this core, in batches."""
    ids = "SELECT id FROM response ORDER BY submitted_at DESC LIMIT :n"
    with bank.ground.writing() as session:
        chosen = [row[0] for row in session.execute(text(ids), {"n": TO_COUNT})]
        session.execute(update(Response).where(text("id IN (" + ids + ")")).values(counted_at=None), {"n": TO_COUNT})
    return len(chosen) / seconds(lambda: roll_up(bank.ground, NOW))


def compare(small: BenchBank, large: BenchBank, rounds: int) -> tuple[list[str], bool]:
    """Lines to print, and whether every limit holds."""
    lines, good = [], True
    for name, words in PAGES.items():
        asked = Asked.model_validate({"period": "90", **words})
        page(small, asked), page(large, asked)
        pairs = [(seconds(lambda a=asked: page(small, a)), seconds(lambda a=asked: page(large, a))) for _ in range(rounds)]
        ratio, limit = statistics.median(b / a for a, b in pairs), GROW_CUT if "touchpoint" in name else GROW
        before, after = (statistics.median(1000 * pair[at] for pair in pairs) for at in (0, 1))
        good &= ratio <= limit
        lines.append(
            f"{name:<40} {before:7.1f} ms {after:7.1f} ms   × {ratio:4.2f}  (limit {limit})  {'ok' if ratio <= limit else 'MISSED'}"
        )
    asked = Asked(unit="HO", period="90")
    group_by(large)
    pairs = [(seconds(lambda: page(large, asked)), seconds(lambda: group_by(large))) for _ in range(rounds)]
    ratio = statistics.median(a / b for a, b in pairs)
    plain = statistics.median(1000 * pair[1] for pair in pairs)
    good &= ratio <= AGAINST
    word = "ok" if ratio <= AGAINST else "MISSED"
    lines.append(f"{'head office against GROUP BY':<40} {plain:18.1f} ms   × {ratio:4.2f}  (limit {AGAINST})  {word}")
    return lines, good


def main() -> int:
    """Run and print; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="50,000 and 500,000 answers, to steer by")
    parser.add_argument("--check", action="store_true", help="count the smaller bank anew and compare with its daily rows")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    chosen, good = parser.parse_args(), True
    load_all()
    sizes = (50_000, 500_000) if chosen.small else (500_000, 5_000_000)
    for kind in chosen.database or ["sqlite", *(["postgresql"] if os.environ.get("SOUNDINGS_BENCH_POSTGRES") else [])]:
        with ground_of(kind) as one, ground_of(kind) as other:
            start = time.perf_counter()
            small, large = BenchBank(one, sizes[0]), BenchBank(other, sizes[1])
            print(f"{kind}: {sizes[0]:,} and {sizes[1]:,} answers, filled in {time.perf_counter() - start:.0f} s", file=sys.stderr)
            if chosen.check:
                with one.reading() as session:
                    compared, found = differences(session, ZONE)
                wrong = [row for row in found if row["table"] != "funnel_day"]  # of the funnel only the rows are made, no invitations
                print(f"{kind} counted anew: {compared:,} rows, {len(wrong)} differ")
            lines, held = compare(small, large, chosen.rounds)
            good &= held
            print("\n".join(f"{kind} {line}" for line in lines))
            print(f"{kind} answers counted a second on one core: {counted_a_second(large):,.0f}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
