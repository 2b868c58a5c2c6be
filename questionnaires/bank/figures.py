"""What was measured of a bank question, ready to be read: rates and means with how many they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass

from questionnaires.bank.models import BankFigure

FEWEST = 10
"""Under so many responses a share says nothing and is not shown."""


@dataclass(frozen=True)
class Measured:
    """Sums of one revision, or of all; shares are 0–1, None where too few were asked."""

    asked: int = 0
    answered: int = 0
    dropped: int = 0
    numbers: int = 0
    total: float = 0.0

    @property
    def answer_share(self) -> float | None:
        """How many of those who saw it answered it."""
        return self.answered / self.asked if self.asked >= FEWEST else None

    @property
    def drop_share(self) -> float | None:
        """How many of those who saw it went away there."""
        return self.dropped / self.asked if self.asked >= FEWEST else None

    @property
    def mean(self) -> float | None:
        """The mean of answers that are numbers."""
        return self.total / self.numbers if self.numbers >= FEWEST else None


def measured(row: BankFigure | None) -> Measured:
    """A row as figures; nothing measured where there is none."""
    return Measured(row.asked, row.answered, row.dropped, row.numbers, row.total) if row is not None else Measured()


def together(rows: Mapping[int, BankFigure]) -> Measured:
    """All revisions as one."""
    found = list(rows.values())
    return Measured(
        sum(one.asked for one in found),
        sum(one.answered for one in found),
        sum(one.dropped for one in found),
        sum(one.numbers for one in found),
        sum(one.total for one in found),
    )
