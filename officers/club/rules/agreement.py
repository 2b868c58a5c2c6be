"""How far two reviewers agree beyond chance, and what the programme's figures make of each other."""

from collections.abc import Mapping
from datetime import datetime, timedelta

LEAST_PAIRS = 10
"""Below that nothing is said: a few pairs agree or not by chance."""
MOST_SPANS = 12


def kappa(pairs: Mapping[tuple[str, str], int]) -> tuple[float | None, float | None, int]:
    """Cohen's kappa of pairs of verdicts.

    Returns (kappa, share that agrees, number of pairs); kappa is None below ten pairs, and where both always say the same word
            (then there is nothing beyond chance to measure)
    Source  Cohen 1960, "A coefficient of agreement for nominal scales"
    """
    n = sum(pairs.values())
    if n < LEAST_PAIRS:
        return None, None, n
    agreed = sum(count for (one, two), count in pairs.items() if one == two) / n
    words = {word for pair in pairs for word in pair}
    first = {word: sum(count for (one, _), count in pairs.items() if one == word) / n for word in words}
    second = {word: sum(count for (_, two), count in pairs.items() if two == word) / n for word in words}
    chance = sum(first[word] * second[word] for word in words)
    return ((agreed - chance) / (1 - chance) if chance < 1 else None), agreed, n


def per_hundred(part: int, whole: int) -> float | None:
    """How many there are to a hundred of the whole; None of nothing."""
    return 100 * part / whole if whole else None


def edges(first: datetime, last: datetime) -> list[datetime]:
    """A time cut into at most twelve spans of whole days, their beginnings and the end."""
    days = max(1, (last - first).days)
    step = timedelta(days=-(-days // MOST_SPANS))
    found = [first]
    while found[-1] + step < last:
        found.append(found[-1] + step)
    return [*found, last]
