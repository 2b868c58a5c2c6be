"""How long somebody waits after wrong passwords: for one name from one address only, so that nobody can shut another out."""

from datetime import timedelta

FREE = 5
FIRST, LONGEST = timedelta(seconds=15), timedelta(minutes=30)
FORGOTTEN = timedelta(hours=24)
"""After so long without a wrong password the count begins anew."""


def wait_after(failures: int) -> timedelta:
    """The wait after so many wrong passwords in a row: none for the first four, then 15 seconds, doubled each time up to half an hour."""
    if failures < FREE:
        return timedelta()
    doubled: int = 1 << min(failures - FREE, 10)
    return min(FIRST * doubled, LONGEST)


def failures_after(failures: int, since_last: timedelta) -> int:
    """The count with one more, begun anew where the last one is long ago."""
    return 1 if since_last >= FORGOTTEN else failures + 1
