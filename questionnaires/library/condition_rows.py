"""A display condition as rows of drop-downs: `all` or `any` of tests, each a question, an operator and one of its values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.foundation.conditions import AllOf, AnyOf, Op, Parsed, Test, parse
from questionnaires.logic.definition import Definition, Question, QuestionType

SPARE_ROWS = 2
MOST_ROWS = 12
ORDERED = (Op.EQ, Op.NE, Op.LE, Op.GE)
CHOSEN = (Op.EQ, Op.NE)
WITHOUT_VALUE = (Op.PRESENT, Op.ABSENT)


@dataclass(frozen=True)
class Row:
    """One row: a question's code, an operator, and `code|value`."""

    field: str = ""
    op: str = ""
    value: str = ""
    error: str = ""


def rows_of(condition: Parsed | None) -> tuple[str, list[Row]] | None:
    """The mode and rows of a condition; None where rows can't say it (nested, or lists of values)."""
    if condition is None:
        return "all", []
    parts: tuple[Any, ...] = (condition,) if isinstance(condition, Test) else ()
    mode = "any" if isinstance(condition, AnyOf) else "all"
    if isinstance(condition, AllOf | AnyOf):
        parts = condition.any if isinstance(condition, AnyOf) else condition.all
    if not parts or not all(isinstance(part, Test) and not isinstance(part.value, tuple) for part in parts):
        return None
    return mode, [Row(part.field, part.op.value, f"{part.field}|{_word(part.value)}" if part.value is not None else "") for part in parts]


def read(form: Mapping[str, str], earlier: list[Question]) -> tuple[Parsed | None, list[Row]]:
    """The condition that the rows say, and the rows with what is wrong in them; no row at all is no condition."""
    by_code = {question.code: question for question in earlier}
    rows = [
        _checked(Row(form.get(f"if-{number}-field", ""), form.get(f"if-{number}-op", ""), form.get(f"if-{number}-value", "")), by_code)
        for number in range(MOST_ROWS)
    ]
    rows = [row for row in rows if row.field or row.op or row.value]
    if not rows or any(row.error for row in rows):
        return None, rows
    tests = [_test(row, by_code[row.field]) for row in rows]
    mode = "any" if form.get("if-mode") == "any" else "all"
    return parse(tests[0] if len(tests) == 1 else {mode: tests}), rows


def _checked(row: Row, by_code: Mapping[str, Question]) -> Row:
    if not (row.field or row.op or row.value):
        return row
    if row.field not in by_code:
        return Row(row.field, row.op, row.value, "condition_needs_question")
    if row.op not in {op.value for op in operators(by_code[row.field])}:
        return Row(row.field, row.op, row.value, "condition_needs_operator")
    if row.op in WITHOUT_VALUE:
        return Row(row.field, row.op)
    if row.value.partition("|")[2] not in values(by_code[row.field]) or row.value.partition("|")[0] != row.field:
        return Row(row.field, row.op, row.value, "condition_needs_value")
    return row


def _test(row: Row, question: Question) -> dict[str, Any]:
    if row.op in WITHOUT_VALUE:
        return {"field": row.field, "op": row.op}
    word = row.value.partition("|")[2]
    if question.type is QuestionType.YES_NO:
        return {"field": row.field, "op": row.op, "value": word == "yes"}
    return {"field": row.field, "op": row.op, "value": word if question.options else int(word)}


def earlier_questions(definition: Definition, code: str) -> list[Question]:
    """The questions that a question's condition may read: those that are asked before it and take an answer."""
    found = []
    for question in definition.questions():
        if question.code == code:
            break
        if question.type is not QuestionType.STATEMENT:
            found.append(question)
    return found


def operators(question: Question) -> tuple[Op, ...]:
    """The operators that make sense for a question."""
    if question.points or _numbers(question):
        return (*ORDERED, *WITHOUT_VALUE)
    return (*CHOSEN, *WITHOUT_VALUE) if values(question) else WITHOUT_VALUE


def values(question: Question) -> list[str]:
    """The answers that a drop-down can offer."""
    if question.points:
        return [str(point) for point in question.points]
    if question.type is QuestionType.YES_NO:
        return ["yes", "no"]
    return [option.code for option in question.options] or _numbers(question)


def _numbers(question: Question) -> list[str]:
    if question.type is not QuestionType.NUMBER or question.min is None or question.max is None or question.max - question.min > 100:
        return []
    return [str(number) for number in range(int(question.min), int(question.max) + 1)]


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
