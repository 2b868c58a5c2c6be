"""The form of a touchpoint's targets: up to three rows, as they came, with what is wrong beside each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from questionnaires.metrics.rules.indicators import kind_of
from scheduler.contacts.precision import Wanted
from scheduler.contacts.precision_models import LEVELS, PERIODS, PrecisionTarget

ROWS = 3
LEAST_MARGIN, MOST_MARGIN = 0.5, 50.0


@dataclass
class Row:
    """One target as it was entered; `errors` by field."""

    level: str = ""
    indicator: str = "nps"
    margin: str = ""
    floor: str = "2"
    period: str = "month"
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether the row says nothing."""
        return not self.level and not self.margin.strip()

    def read(self) -> Wanted | None:
        """The target, or None with `errors` filled."""
        margin = self._number("margin", self.margin, LEAST_MARGIN, MOST_MARGIN)
        floor = self._number("floor", self.floor, 0, 100)
        if self.level not in LEVELS:
            self.errors["level"] = "missing" if not self.level else "not_one_of_the_words"
        if self.period not in PERIODS:
            self.errors["period"] = "not_one_of_the_words"
        if kind_of(self.indicator) is None or len(self.indicator) > 40:
            self.errors["indicator"] = "not_one_of_the_words"
        if self.errors or margin is None or floor is None:
            return None
        return Wanted(self.level, self.indicator, margin, floor / 100, self.period)

    def _number(self, name: str, text: str, least: float, most: float) -> float | None:
        text = text.strip()
        try:
            number = float(text)
        except ValueError:
            self.errors[name] = "not_a_number" if text else "missing"
            return None
        if not least <= number <= most:
            self.errors[name] = "out_of_range"
            return None
        return number


def rows_of(targets: Sequence[PrecisionTarget]) -> list[Row]:
    """Stored targets as rows, with empty ones up to the form's length."""
    rows = [Row(one.level, one.indicator, f"{one.margin:g}", f"{100 * one.floor:g}", one.period) for one in targets]
    return [*rows, *(Row() for _ in range(ROWS - len(rows)))]


def rows_from(form: Mapping[str, str]) -> list[Row]:
    """The rows as they were sent."""

    def said(name: str, n: int) -> str:
        return str(form.get(f"{name}{n}", ""))[:60]

    return [Row(said("level", n), said("indicator", n), said("margin", n), said("floor", n), said("period", n)) for n in range(ROWS)]


def wanted_of(rows: Sequence[Row]) -> list[Wanted] | None:
    """The targets of all rows that say something; None where one of them is wrong or two are about the same."""
    found: list[Wanted] = []
    for row in rows:
        if row.empty:
            continue
        wanted = row.read()
        if wanted is not None and any((wanted.level, wanted.indicator) == (one.level, one.indicator) for one in found):
            row.errors["level"] = "named_twice"
        if wanted is not None:
            found.append(wanted)
    return None if any(row.errors for row in rows) else found
