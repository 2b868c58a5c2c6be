"""Codes as ours have to be, made from whatever names a file has; two that come out alike get numbers."""

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 40
_OTHER_SIGNS = re.compile(r"[^a-z0-9]+")


def fitted(name: str, fallback: str, *, digit_first: bool = False) -> str:
    """A name in small letters, digits and single underscores. `digit_first`: options and rows may begin with a digit."""
    plain = unicodedata.normalize("NFKD", name[:400]).encode("ascii", "ignore").decode().lower().strip()
    if re.fullmatch(r"-\d+(\.\d+)?", plain):
        plain = f"minus_{plain[1:]}"
    code = _OTHER_SIGNS.sub("_", plain).strip("_")[:LONGEST].strip("_")
    if not code:
        code = fallback
    if not digit_first and not code[0].isalpha():
        code = f"q_{code}"[:LONGEST].strip("_")
    return code


class Taken:
    """Codes that are given out once each."""

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._taken = set(reserved)

    def free(self, wanted: str) -> str:
        """The wanted code, else with a number behind it."""
        code, number = wanted, 2
        while code in self._taken:
            tail = f"_{number}"
            code = wanted[: LONGEST - len(tail)].rstrip("_") + tail
            number += 1
        self._taken.add(code)
        return code
