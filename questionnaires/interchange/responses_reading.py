"""A row of old answers read by a layout and by the questionnaire that it answers: a response, a skipped row or a reason."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from portal.foundation.delimited.rows import Progress, open_text, rows_of
from portal.foundation.delimited.shape import column_names
from portal.foundation.errors import SoundingsError
from questionnaires.interchange.responses_layout import ResponsesLayout
from questionnaires.logic import scoring
from questionnaires.logic.definition import Definition
from questionnaires.logic.validate import Validator

LONGEST = {"touchpoint": 60, "channel": 20, "language": 20, "segment": 40, "staff": 40, "product": 40}
REQUIRED = frozenset({"answer_required", "consent_required"})
"""What an old answer may lack: nobody can be asked again."""


class QuestionUnknown(SoundingsError):
    """The layout names a question that the questionnaire lacks; `question` says which."""

    code, status = "layout_question_unknown", 422


@dataclass(frozen=True, slots=True)
class OldResponse:
    """One row as a response."""

    id: UUID
    submitted_at: datetime
    unit: str
    facts: dict[str, str]
    answers: dict[str, Any]
    scores: dict[str, float]


class Read(NamedTuple):
    """A row's line with what became of it: a response, a reason, or None where it is skipped."""

    line: int
    found: OldResponse | str | None


class Reader:
    """Reads rows for one version of a questionnaire."""

    def __init__(self, layout: ResponsesLayout, definition: Definition, salt: str, further: int = 0) -> None:
        """salt: what makes the ids of one questionnaire's rows differ from another's; further: head rows after the first.

        Raises  QuestionUnknown
        """
        known = {name for question in definition.questions() for name in question.names}
        for one in layout.answer:
            if one.question not in known:
                raise QuestionUnknown(question=one.question)
        self._layout, self._definition, self._salt, self._further = layout, definition, salt, further
        self._validator, self._slots, self._zone = Validator(definition), layout.response.slots(), layout.response.zone

    def rows(self, path: Path, progress: Progress | None = None) -> Iterator[Read]:
        """Every row of a file, in its order; memory stays bounded.

        Raises  InputRefused and its kinds where the file as a whole can't be trusted
        """
        shape = self._layout.file
        with open_text(path, shape, progress) as text:
            rows = rows_of(text, shape)
            names = column_names(rows, shape, self._layout.columns_named())
            width = shape.columns or len(names)
            for number, (line, fields) in enumerate(rows):
                if number < self._further:
                    continue
                if fields is None or len(fields) != width:
                    yield Read(line, "wrong_number_of_columns" if fields else "malformed_row")
                else:
                    yield Read(line, self.read(line, names, fields))

    def read(self, line: int, names: Sequence[str], fields: Sequence[str]) -> OldResponse | str | None:
        """One row."""
        row = dict(zip(names, (value.strip() for value in fields), strict=True))
        if not all(test.holds(row) for test in self._layout.where):
            return None
        for test in self._layout.require:
            if not test.holds(row):
                return test.reason
        facts = {name: value for name, slots in self._slots.items() if (value := slots.fill(row)) is not None}
        for name, longest in LONGEST.items():
            if len(facts.get(name, "")) > longest:
                return f"{name}: too_long"
        submitted_at = self._moment(facts.pop("submitted_at", ""))
        if submitted_at is None:
            return "submitted_at: not_a_time"
        answers = self._answers(row)
        if isinstance(answers, str):
            return answers
        key = facts.pop("id", None) or f"{line}|{'|'.join(fields)}"
        unit = facts.pop("unit", "")
        return OldResponse(self._id(key), submitted_at, unit, facts, answers, scoring.scores(self._definition, answers))

    def _answers(self, row: Mapping[str, str]) -> dict[str, Any] | str:
        form: dict[str, list[str]] = {}
        for one in self._layout.answer:
            value = row[one.column]
            if value and value not in one.blank:
                given = form.setdefault(one.question, [])
                given += [said for said in one.values(value) if said not in given]
        answers: dict[str, Any] = {}
        for index in range(len(self._definition.pages)):
            page = self._validator.page(index, form, answers)
            for code, problem in page.errors.items():
                if problem.code not in REQUIRED:
                    return f"{code}: {problem.code}"
            answers |= page.answers
        answers = self._validator.complete(answers)
        return answers or "no_answer"

    def _moment(self, text: str) -> datetime | None:
        pattern = self._layout.response.submitted_at_format
        try:
            moment = datetime.fromisoformat(text) if pattern == "iso" else datetime.strptime(text, pattern)  # noqa: DTZ007  # the zone follows
        except ValueError:
            return None
        return moment if moment.utcoffset() is not None else moment.replace(tzinfo=self._zone)

    def _id(self, key: str) -> UUID:
        return UUID(bytes=hashlib.blake2b(f"{self._salt}|{key}".encode(), digest_size=16).digest())
