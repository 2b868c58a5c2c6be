"""Repeatable chance: the same parts always give the same number, so that nobody is rolled for twice."""

from hashlib import sha256

_WHOLE = 2**64


def chance(*parts: str) -> float:
    """A number in [0, 1) that depends on the parts alone.

    Shape   the first part is a label (`holdout`, `sample`, `variant`): without it the sample would lie inside the holdout
    """
    return int.from_bytes(sha256("|".join(parts).encode()).digest()[:8], "big") / _WHOLE
