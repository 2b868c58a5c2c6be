"""The kinds of indicator, their scales, and what counts as low, middle and high on each."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an indicator measures; an indicator's name begins with its kind (`nps`, `csat_waiting`)."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"


@dataclass(frozen=True, slots=True)
class Scale:
    """The ends of a scale and the values where middle and high begin."""

    lowest: int
    highest: int
    middle_from: int
    high_from: int


SCALES = {
    Kind.NPS: Scale(lowest=0, highest=10, middle_from=7, high_from=9),
    Kind.CSAT: Scale(lowest=1, highest=5, middle_from=3, high_from=4),
    Kind.CES: Scale(lowest=1, highest=7, middle_from=4, high_from=5),
}


def kind_of(indicator: str) -> Kind | None:
    """The kind an indicator's name begins with; None for a score that is no NPS, CSAT or CES (a quiz, a weight)."""
    head = indicator.partition("_")[0]
    return Kind(head) if head in Kind._value2member_map_ else None
