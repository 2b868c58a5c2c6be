"""The names of time zones."""

from functools import cache
from zoneinfo import available_timezones


@cache
def zones() -> frozenset[str]:
    """The names of the IANA list; finding them walks a folder of files, so each process does it once."""
    return frozenset(available_timezones())
