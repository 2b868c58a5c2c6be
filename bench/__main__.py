"""`make bench`: every benchmark in turn; exit 1 where a limit is missed. Arguments go to none of them: run one alone for its own."""

import subprocess
import sys

BENCHMARKS = (
    "bench.decide",
    "bench.answer",
    "bench.precision",
    "bench.builder",
    "bench.simulator",
    "bench.intake",
    "bench.delivery",
    "bench.cases",
    "bench.points",
    "bench.ideas",
    "bench.club",
    "bench.dashboard",
)


def main() -> int:
    """Run them all, also after one has missed its limit."""
    return max(subprocess.run([sys.executable, "-m", name], check=False).returncode for name in BENCHMARKS)


if __name__ == "__main__":
    raise SystemExit(main())
