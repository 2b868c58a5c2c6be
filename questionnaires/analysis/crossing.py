"""Cross tables: two answers, or an answer and a cut, of one questionnaire against each other."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.foundation.errors import InvalidInput
from questionnaires.analysis.rules.cross import Cross, cross
from questionnaires.analysis.store import answers as store
from questionnaires.analysis.store.answers import Answer, Some
from questionnaires.logic.columns import Column, ColumnKind, answer_columns
from questionnaires.logic.definition import Definition

CUTS = ("touchpoint", "channel", "segment", "product", "language")
KINDS = frozenset({ColumnKind.CHOICE, ColumnKind.CHOICES, ColumnKind.FLAG, ColumnKind.NUMBER})
MOST = 40
"""Values of one side; a number that takes more is no cross table."""


@dataclass(frozen=True)
class Side:
    """One side of the table: a cut of the responses, or a question's column."""

    name: str
    label: str
    column: Column | None = None
    named: Mapping[str, str] = field(default_factory=dict)
    """Names of a cut's values, by code."""

    def values_of(self, answer: Answer) -> Iterable[str]:
        """The values that an answer has on this side; several where several may be chosen."""
        if self.column is None:
            return [str(getattr(answer, self.name) or "")]
        value = answer.answers.get(self.name)
        if value is None or value == "":
            return []
        return [_text(one) for one in value] if isinstance(value, list) else [_text(value)]

    def names(self, values: Iterable[str]) -> list[tuple[str, str]]:
        """Values with their labels, in the order of the questionnaire."""
        labels = {_text(value): label for value, label in self.column.choices} if self.column else self.named
        known = [(value, label) for value, label in labels.items() if value in values]
        return known + sorted(((value, value or "–") for value in values if value not in labels), key=_numbers_first)


def sides(
    session: Session, questionnaire_id: UUID, language: str, cut_names: dict[str, str], named: Mapping[str, Mapping[str, str]] | None = None
) -> list[Side]:
    """What a questionnaire's answers may be laid out by: cuts, then its newest version's closed questions."""
    documents = list(store.versions(session, questionnaire_id).values())
    if not documents:
        return []
    columns = answer_columns(Definition.from_json(documents[-1]), language)
    asked = [Side(column.name, column.label, column) for column in columns if column.kind in KINDS and not column.free]
    return [Side(name, cut_names[name], named=(named or {}).get(name, {})) for name in CUTS] + asked


def read(session: Session, questionnaire_id: UUID, some: Some, offered: list[Side], rows: str, columns: str) -> tuple[Cross, Side, Side]:
    """The table of two sides.

    Raises  InvalidInput for `rows` or `columns`: not_one_of_the_words, twice_the_same, too_many_values
    """
    known = {side.name: side for side in offered}
    wrong = {name: "not_one_of_the_words" for name, value in (("rows", rows), ("columns", columns)) if value not in known}
    if wrong:
        raise InvalidInput(wrong)
    if rows == columns:
        raise InvalidInput({"columns": "twice_the_same"})
    left, top = known[rows], known[columns]
    counts: Counter[tuple[str, str]] = Counter()
    for answer in store.answers(session, questionnaire_id, some):
        counts.update((row, column) for row in left.values_of(answer) for column in top.values_of(answer))
    found = {row for row, _ in counts}, {column for _, column in counts}
    for name, values in zip(("rows", "columns"), found, strict=True):
        if len(values) > MOST:
            raise InvalidInput({name: "too_many_values"})
    return cross([value for value, _ in left.names(found[0])], [value for value, _ in top.names(found[1])], counts), left, top


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:60]


def _numbers_first(one: tuple[str, str]) -> tuple[bool, float, str]:
    try:
        return False, float(one[0]), one[0]
    except ValueError:
        return True, 0.0, one[0]
