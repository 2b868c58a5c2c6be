"""Our conditions and pipes in LimeSurvey's ExpressionScript."""

import re
from collections.abc import Mapping
from typing import Any, Protocol

from portal.foundation.conditions import AllOf, AnyOf, Not, Parsed, Test
from questionnaires.interchange.expressions.opposites import without_not
from questionnaires.logic.definition import Definition, QuestionType
from questionnaires.logic.piping import PIPE

SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
LANGUAGES = {"zh-Hant": "zh-Hant-TW"}
Q = QuestionType


class Codes(Protocol):
    """What LimeSurvey calls each question, option and row (`coding.Coding`)."""

    @property
    def definition(self) -> Definition:
        """The questionnaire."""

    @property
    def names(self) -> Mapping[str, str]:
        """Answers by our names."""

    @property
    def options(self) -> Mapping[str, Mapping[str, str]]:
        """Codes of options by question and by our codes."""

    def lose(self, construct: str, where: str, detail: str) -> None:
        """Tell of a condition that can't be said."""


class _Unsaid(Exception):
    """The condition has no counterpart there."""


def piped(codes: Codes, text: str) -> str:
    """Words with LimeSurvey's pipes; other braces are kept from being read as such."""

    def put(found: re.Match[str]) -> str:
        name = codes.names.get(found[1])
        return f"\x01{name}.shown\x02" if name else "…"

    said = PIPE.sub(put, text)
    return said.replace("{", "{ ").replace("\x01", "{").replace("\x02", "}") if "\x01" in said or "{" in said else said


def relevance(codes: Codes, condition: Parsed | None, where: str) -> str:
    """A condition as a relevance; `1` where there is none, or where it can't be said, which is told of."""
    if condition is None:
        return "1"
    try:
        return _said(codes, without_not(condition))
    except _Unsaid as error:
        codes.lose("relevance", where, str(error))
        return "1"


def _said(codes: Codes, one: Parsed) -> str:
    if isinstance(one, Test):
        return _test(codes, one)
    assert not isinstance(one, Not)
    parts = one.all if isinstance(one, AllOf) else one.any
    if not parts:
        return "1" if isinstance(one, AllOf) else "0"
    if isinstance(one, AnyOf) and len(parts) == 2 and (whole := _blank_or(codes, parts)):
        return whole
    said = [f"({_said(codes, part)})" for part in parts]
    return (" and " if isinstance(one, AllOf) else " or ").join(said) if len(said) > 1 else said[0][1:-1]


def _blank_or(codes: Codes, parts: tuple[Parsed, ...]) -> str:
    first, second = parts
    if (
        isinstance(first, Test)
        and isinstance(second, Test)
        and first.op == "absent"
        and first.field == second.field
        and second.op == "not_in"
    ):
        question = codes.definition.by_name.get(second.field)
        if question is not None and question.type is Q.MULTIPLE and isinstance(second.value, tuple):
            return " and ".join(f'{_member(codes, second.field, one)} != "Y"' for one in second.value)
    return ""


def _test(codes: Codes, test: Test) -> str:
    question = codes.definition.by_name.get(test.field)
    name = codes.names.get(test.field)
    if question is None or name is None:
        raise _Unsaid(test.field)
    if question.type in (Q.MULTIPLE, Q.MATRIX_MULTIPLE, Q.RANKING):
        return _several(codes, test, question.type)
    op = test.op.value
    if op in ("present", "absent"):
        return f"{'!' if op == 'present' else ''}is_empty({name}.NAOK)"
    if op in ("in", "not_in"):
        values = test.value if isinstance(test.value, tuple) else ()
        tests = [f"{name}.NAOK {'==' if op == 'in' else '!='} {_value(codes, test.field, one)}" for one in values]
        joined = (" or " if op == "in" else " and ").join(tests) or ("0" if op == "in" else "1")
        return joined if op == "in" else f"!is_empty({name}.NAOK) and {joined}"
    if op in SIGNS:
        said = f"{name}.NAOK {SIGNS[op]} {_value(codes, test.field, test.value)}"
        return said if op == "eq" else f"!is_empty({name}.NAOK) and {said}"
    raise _Unsaid(f"{test.field} {op}")


def _several(codes: Codes, test: Test, kind: QuestionType) -> str:
    op = test.op.value
    if kind is not Q.MULTIPLE:
        raise _Unsaid(f"{test.field} {op}")
    known = [_member(codes, test.field, one) for one in codes.options.get(test.field, {})]
    if op in ("present", "absent"):
        return f"count({', '.join(f'{one}.NAOK' for one in known)}) {'> 0' if op == 'present' else '== 0'}"
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    members = [_member(codes, test.field, one) for one in values]
    if op in ("eq", "contains", "in"):
        return " or ".join(f'{one} == "Y"' for one in members) or "0"
    if op in ("ne", "not_in"):
        chosen = f"count({', '.join(f'{one}.NAOK' for one in known)}) > 0"
        return " and ".join([chosen, *(f'{one} != "Y"' for one in members)])
    raise _Unsaid(f"{test.field} {op}")


def _member(codes: Codes, field: str, option: Any) -> str:
    code = codes.options.get(field, {}).get(str(option))
    if code is None:
        raise _Unsaid(f"{field} {option}")
    return f"{codes.names[field]}_{code}"


def _value(codes: Codes, field: str, value: Any) -> str:
    if isinstance(value, bool):
        return '"Y"' if value else '"N"'
    question = codes.definition.by_name[field]
    code = codes.options.get(question.code, {}).get(str(value))
    if code is not None and question.type is not Q.MATRIX_RATING:
        return f'"{code}"'
    if isinstance(value, int | float):
        return f"{value:g}"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
