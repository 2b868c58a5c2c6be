"""Ranking of a contest: marks of 1 to 10 by criteria with weights, the mean over the jury, places shared by equals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

MOST, LEAST = 10, 1


@dataclass(frozen=True)
class Ranked:
    """One entry: its place (equals share one), its score of 1 to 10, by how many members of the jury."""

    idea_id: UUID
    place: int
    score: float
    judges: int


def card(marks: Mapping[str, int], weights: Mapping[str, int]) -> float | None:
    """One member's score of one entry; None while a criterion is blank."""
    if not weights or any(code not in marks for code in weights):
        return None
    return sum(marks[code] * weight for code, weight in weights.items()) / sum(weights.values())


def rank(cards: Mapping[UUID, Mapping[UUID, Mapping[str, int]]], weights: Mapping[str, int]) -> list[Ranked]:
    """Entries by score, the best first.

    Shape   cards: entry → member of the jury → criterion → mark; unfinished cards do not count
    Returns entries that at least one member judged; equal scores (to a hundredth) share a place, and the next place is left out
    """
    scored = []
    for idea_id, by_member in cards.items():
        full = [one for marks in by_member.values() if (one := card(marks, weights)) is not None]
        if full:
            scored.append((round(sum(full) / len(full), 2), idea_id, len(full)))
    scored.sort(key=lambda one: (-one[0], one[1]))
    found: list[Ranked] = []
    for at, (score, idea_id, judges) in enumerate(scored, 1):
        place = found[-1].place if found and found[-1].score == score else at
        found.append(Ranked(idea_id, place, score, judges))
    return found


def wrong_weights(weights: Sequence[int]) -> str | None:
    """Why weights are refused: there must be one to eight of them, each above nothing, together a hundred."""
    if not 1 <= len(weights) <= 8:
        return "criteria_number"
    return None if all(one > 0 for one in weights) and sum(weights) == 100 else "weights_not_100"
