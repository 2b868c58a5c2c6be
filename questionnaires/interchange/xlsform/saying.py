"""Our conditions as XPath, as XLSForm's `relevant` takes it."""

from typing import Any, Protocol

from portal.foundation.conditions import AllOf, Not, Parsed, Test
from questionnaires.interchange.carrying.notes import Notes
from questionnaires.interchange.expressions.opposites import without_not
from questionnaires.logic.definition import JOINT, OTHER_SUFFIX, Definition, QuestionType

SIGNS = {"eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
Q = QuestionType
SEVERAL = (Q.MULTIPLE, Q.RANKING, Q.MATRIX_MULTIPLE)


class Told(Protocol):
    """A questionnaire with its notes."""

    definition: Definition
    notes: Notes


class _Unsaid(Exception):
    """No counterpart."""


def relevant(told: Told, condition: Parsed | None, where: str) -> str:
    """A condition; empty where there is none or where it can't be said, which is told of."""
    if condition is None:
        return ""
    try:
        return _said(told.definition, without_not(condition))
    except _Unsaid as error:
        told.notes.lost("not_in_format", "show_if", where, str(error))
        return ""


def _said(definition: Definition, one: Parsed) -> str:
    if isinstance(one, Test):
        return _test(definition, one)
    assert not isinstance(one, Not)
    parts = one.all if isinstance(one, AllOf) else one.any
    if not parts:
        return "true()" if isinstance(one, AllOf) else "false()"
    said = [f"({_said(definition, part)})" for part in parts]
    return (" and " if isinstance(one, AllOf) else " or ").join(said) if len(said) > 1 else said[0][1:-1]


def _test(definition: Definition, test: Test) -> str:
    question = definition.by_name.get(test.field)
    if question is None or test.field.endswith(OTHER_SUFFIX):
        raise _Unsaid(test.field)
    name = "${" + test.field.replace(JOINT, "_") + "}"
    op = test.op.value
    if op in ("present", "absent"):
        return f"{name} {'!=' if op == 'present' else '='} ''"
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    if question.type in SEVERAL:
        if op in ("eq", "contains", "in"):
            return " or ".join(f"selected({name}, {_value(question.type, one)})" for one in values) or "false()"
        if op in ("ne", "not_in"):
            return " and ".join([f"{name} != ''", *(f"not(selected({name}, {_value(question.type, one)}))" for one in values)])
        raise _Unsaid(f"{test.field} {op}")
    if op in ("in", "not_in"):
        sign, joint = ("=", " or ") if op == "in" else ("!=", " and ")
        said = joint.join(f"{name} {sign} {_value(question.type, one)}" for one in values) or "false()"
        return said if op == "in" else f"{name} != '' and {said}"
    if op in SIGNS:
        said = f"{name} {SIGNS[op]} {_value(question.type, test.value)}"
        return said if op == "eq" else f"{name} != '' and {said}"
    raise _Unsaid(f"{test.field} {op}")


def _value(kind: QuestionType, value: Any) -> str:
    if isinstance(value, bool):
        if kind is Q.CONSENT:
            return "'OK'" if value else "''"
        return "'yes'" if value else "'no'"
    if isinstance(value, int | float):
        return f"{value:g}"
    if "'" in str(value) and '"' in str(value):
        raise _Unsaid(str(value))
    quote = '"' if "'" in str(value) else "'"
    return f"{quote}{value}{quote}"
