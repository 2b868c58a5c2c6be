"""Conditions as rows of drop-downs: groups of rows, joined by all or any, both within a group and between groups."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from portal.foundation.conditions import Op, parse
from questionnaires.library.builder.tree import Tree, words
from questionnaires.library.parts import Raw, questions_of
from questionnaires.logic.definition import JOINT, MATRICES, OTHER_SUFFIX, SCALES, SILENT, TEXTS, UPLOADS, QuestionType

MODES = ("all", "any")
PRESENCE = (Op.PRESENT, Op.ABSENT)
CHOSEN = (Op.EQ, Op.NE, Op.IN, Op.NOT_IN, *PRESENCE)
ORDERED = (Op.LE, Op.GE, Op.EQ, Op.NE, Op.LT, Op.GT, *PRESENCE)
WRITTEN = (Op.EQ, Op.NE, Op.CONTAINS, Op.STARTS, *PRESENCE)
DATED = (Op.EQ, Op.LT, Op.LE, Op.GT, Op.GE, *PRESENCE)
MANY = (Op.IN, Op.NOT_IN)
CONTEXT = ("language", "event.channel", "event.product", "event.stage", "customer.segment")
"""What a condition may read beside answers; any other `event.` or `link.` field can be typed."""
MOST_VALUES = 60


@dataclass(frozen=True)
class Field:
    """Something a condition can read: its name, how it is named to people, its operators and the values to choose from."""

    name: str
    label: str
    group: str
    operators: tuple[Op, ...]
    values: tuple[tuple[str, str], ...] = ()
    kind: str = "text"


@dataclass
class Reading:
    """A condition read from rows: the condition as stored, or that some row is not complete yet."""

    condition: Raw | None = None
    unfinished: bool = False
    errors: dict[str, str] = field(default_factory=dict)


def new() -> Tree:
    """One empty row."""
    return {"mode": "all", "groups": [{"mode": "all", "rows": [{"field": "", "op": "", "value": ""}]}]}


def tree_of(condition: Any) -> Tree | None:
    """A stored condition as rows; None where rows can't say it (a `not`, or deeper than two levels)."""
    if not isinstance(condition, dict):
        return None
    if "field" in condition:
        return {"mode": "all", "groups": [{"mode": "all", "rows": [_row(condition)]}]}
    mode = next((one for one in MODES if one in condition), "")
    parts = condition.get(mode) or ()
    if not mode or not parts:
        return None
    if all("field" in one for one in parts):
        return {"mode": "all", "groups": [{"mode": mode, "rows": [_row(one) for one in parts]}]}
    groups = []
    for one in parts:
        inner = next((name for name in MODES if name in one), "")
        rows = [one] if "field" in one else one.get(inner) or ()
        if not rows or not all("field" in row for row in rows):
            return None
        groups.append({"mode": inner or "all", "rows": [_row(row) for row in rows]})
    return {"mode": mode, "groups": groups}


def _row(test: Mapping[str, Any]) -> Tree:
    value = test.get("value")
    if isinstance(value, list | tuple):
        return {"field": test["field"], "op": test["op"], "value": "", "values": [_shown(one) for one in value]}
    return {"field": test["field"], "op": test["op"], "value": "" if value is None else _shown(value)}


def _shown(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else words(value) or "0"


def read(tree: Any, fields: Mapping[str, Field], path: str) -> Reading:
    """The condition that the rows say. A row without field, operator or value makes it unfinished; none at all is no condition."""
    found = Reading()
    groups = [one for one in (tree or {}).get("groups") or () if isinstance(one, dict)] if isinstance(tree, dict) else []
    made: list[Raw] = []
    for number, group in enumerate(groups):
        tests = []
        for row_number, row in enumerate(group.get("rows") or ()):
            test = _test(row if isinstance(row, dict) else {}, fields)
            if isinstance(test, str):
                found.unfinished = True
                found.errors[f"{path}.groups.{number}.rows.{row_number}"] = test
            else:
                tests.append(test)
        if tests:
            made.append(tests[0] if len(tests) == 1 else {_mode(group): tests})
    if made and not found.unfinished:
        found.condition = _checked(made[0] if len(made) == 1 else {_mode(tree): made}, path, found)
    return found


def _checked(condition: Raw, path: str, found: Reading) -> Raw | None:
    try:
        parse(condition)
    except (ValidationError, ValueError):
        found.unfinished = True
        found.errors[path] = "condition_too_large"
        return None
    return condition


def _mode(tree: Mapping[str, Any]) -> str:
    return "any" if tree.get("mode") == "any" else "all"


def _test(row: Mapping[str, Any], fields: Mapping[str, Field]) -> Raw | str:
    """A row as a test, or the code of what is missing."""
    name = str(row.get("field") or "")
    if name == "own":
        name = str(row.get("own") or "")
        if not name.startswith(("event.", "link.", "customer.", "variant.")):
            return "condition_needs_own_field"
    known = fields.get(name) or Field(name, name, "", (*WRITTEN, Op.LE, Op.GE))
    if not name or (name not in fields and "." not in name):
        return "condition_needs_question"
    op = str(row.get("op") or "")
    if op not in known.operators:
        return "condition_needs_operator"
    if op in PRESENCE:
        return {"field": name, "op": op}
    if op in MANY:
        values = [one for one in (row.get("values") or ([row["value"]] if row.get("value") else [])) if one]
        return (
            {"field": name, "op": op, "value": [_value(one, known) for one in values[:MOST_VALUES]]} if values else "condition_needs_value"
        )
    value = str(row.get("value") or "")
    if not value or (known.values and value not in dict(known.values)):
        return "condition_needs_value"
    return {"field": name, "op": op, "value": _value(value, known)}


def _value(text: str, known: Field) -> Any:
    if known.kind == "flag":
        return text == "yes"
    if known.kind == "number":
        try:
            number = float(text)
        except ValueError:
            return text
        return int(number) if number.is_integer() else number
    return text


def fields_of(
    draft: Mapping[str, Any], upto: str | None, language: str, labels: Mapping[str, str], *, after: bool = False
) -> dict[str, Field]:
    """What a condition may read: the answers asked before a question (`after`: its own too; None: all), arms, and context.

    labels  words for "Yes", "No", "Answers", "Context", "Experiment" and the context's names, by key
    """
    found: dict[str, Field] = {}
    for number, question in enumerate(questions_of(draft), 1):
        if question["code"] == upto and not after:
            break
        for one in _fields(question, number, language, str(draft.get("languages", ["zh-Hans"])[0]), labels):
            found[one.name] = one
        if question["code"] == upto:
            break
    for test in draft.get("experiments", ()):
        name = f"variant.{test['code']}"
        found[name] = Field(
            name,
            f"{labels['experiment']} {test['code']}",
            labels["context"],
            CHOSEN,
            tuple((arm["code"], arm["code"]) for arm in test["arms"]),
        )
    for name in CONTEXT:
        tags = tuple((tag, tag) for tag in draft.get("languages", ("zh-Hans", "en"))) if name == "language" else ()
        found[name] = Field(name, labels.get(name, name), labels["context"], CHOSEN if tags else WRITTEN, tags)
    return found


def _fields(question: Raw, number: int, language: str, fallback: str, labels: Mapping[str, str]) -> Iterator[Field]:
    kind, code = QuestionType(question["type"]), question["code"]
    if kind in SILENT and kind is not QuestionType.HIDDEN:
        return

    def say(texts: Mapping[str, str] | None, otherwise: str) -> str:
        return (texts or {}).get(language) or (texts or {}).get(fallback) or otherwise

    head = f"{number}. {short(say(question.get('text'), code))}"
    options = tuple((one["code"], short(say(one.get("text"), one["code"]))) for one in question.get("options", ()))
    if kind in MATRICES:
        points = tuple((str(n), str(n)) for n in range(question.get("points_low", 1), question.get("points_high", 5) + 1))
        for row in question.get("rows", ()):
            name, label = code + JOINT + row["code"], f"{head} – {short(say(row.get('text'), row['code']))}"
            yield Field(
                name,
                label,
                labels["answers"],
                *((ORDERED, points, "number") if kind is QuestionType.MATRIX_RATING else (CHOSEN, options, "code")),
            )
        return
    if kind is QuestionType.CONSTANT_SUM:
        for value, label in options:
            yield Field(code + JOINT + value, f"{head} – {label}", labels["answers"], ORDERED, (), "number")
        return
    yield Field(code, head, labels["answers"], *_ways(kind, options, labels))
    if any(one.get("other") for one in question.get("options", ())):
        yield Field(code + OTHER_SUFFIX, f"{head} – {labels['other']}", labels["answers"], WRITTEN)


def _ways(
    kind: QuestionType, options: Sequence[tuple[str, str]], labels: Mapping[str, str]
) -> tuple[tuple[Op, ...], tuple[tuple[str, str], ...], str]:
    if kind in SCALES:
        low, high = SCALES[kind]
        return ORDERED, tuple((str(n), str(n)) for n in range(low, high + 1)), "number"
    if options:
        return CHOSEN, tuple(options), "code"
    if kind in (QuestionType.YES_NO, QuestionType.CONSENT):
        return (Op.EQ, Op.NE, *PRESENCE), (("yes", labels["yes"]), ("no", labels["no"])), "flag"
    if kind in (QuestionType.NUMBER, QuestionType.SLIDER):
        return ORDERED, (), "number"
    if kind in (QuestionType.DATE, QuestionType.TIME):
        return DATED, (), kind.value
    if kind in TEXTS or kind in (QuestionType.HIDDEN, QuestionType.EMAIL, QuestionType.PHONE):
        return WRITTEN, (), "text"
    return (PRESENCE if kind in UPLOADS else CHOSEN), (), "text"


def short(text: str, longest: int = 32) -> str:
    """A text in a few words."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
