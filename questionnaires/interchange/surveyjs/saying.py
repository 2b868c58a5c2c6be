"""Our conditions in SurveyJS's language, blanks included: a test of ours never holds where there is no answer."""

import re
from typing import Any

from portal.foundation.conditions import AllOf, AnyOf, Not, Parsed, Test
from questionnaires.interchange.expressions.opposites import without_not
from questionnaires.logic.definition import JOINT, MATRICES, OTHER_SUFFIX, Definition, QuestionType
from questionnaires.logic.piping import PIPE

SIGNS = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
LOCALES = {"zh-Hans": "zh-cn", "zh-Hant": "zh-tw"}


def locale(language: str) -> str:
    """A language as SurveyJS calls it."""
    return LOCALES.get(language, language)


def name_of(definition: Definition, name: str) -> str:
    """An answer as SurveyJS calls it: rows after a dot, own words after `-Comment`."""
    if name == "language":
        return "locale"
    question = definition.by_name.get(name)
    if question is None or question.code == name:
        return name
    part = name[len(question.code) + len(JOINT) :]
    if question.code + OTHER_SUFFIX == name and question.type not in MATRICES and question.type is not QuestionType.CONSTANT_SUM:
        return f"{question.code}-Comment"
    return f"{question.code}.{part}"


def piped(definition: Definition, text: str) -> str:
    """Words with SurveyJS's pipes."""
    return re.sub(PIPE, lambda found: "{" + name_of(definition, found[1]) + "}", text)


def expression(definition: Definition, condition: Parsed) -> str:
    """A condition as an expression."""
    return _said(definition, without_not(condition))


def _said(definition: Definition, one: Parsed) -> str:
    if isinstance(one, Test):
        return _test(definition, one)
    assert not isinstance(one, Not)
    parts = one.all if isinstance(one, AllOf) else one.any
    if not parts:
        return "1 = 1" if isinstance(one, AllOf) else "1 = 2"
    if isinstance(one, AnyOf) and len(parts) == 2 and (whole := _blank_or(definition, parts)):
        return whole
    joint = " and " if isinstance(one, AllOf) else " or "
    said = [_said(definition, part) for part in parts]
    return joint.join(f"({text})" if isinstance(part, AllOf | AnyOf) or " and " in text or " or " in text else text
                      for part, text in zip(parts, said, strict=True)) if len(parts) > 1 else said[0]  # fmt: skip


def _blank_or(definition: Definition, parts: tuple[Parsed, ...]) -> str:
    """`blank, or not a` is SurveyJS's own `<>`."""
    first, second = parts
    if isinstance(first, Test) and isinstance(second, Test) and first.op == "absent" and second.op == "ne" and first.field == second.field:
        return f"{{{name_of(definition, first.field)}}} <> {_value(second.value)}"
    return ""


def _test(definition: Definition, test: Test) -> str:
    name = "{" + name_of(definition, test.field) + "}"
    question = definition.by_name.get(test.field)
    several = question is not None and question.type in (QuestionType.MULTIPLE, QuestionType.RANKING, QuestionType.MATRIX_MULTIPLE)
    op = test.op.value
    if op == "present":
        return f"{name} notempty"
    if op == "absent":
        return f"{name} empty"
    if op in ("in", "not_in"):
        values = "[" + ", ".join(_value(one) for one in (test.value if isinstance(test.value, tuple) else ())) + "]"
        return f"{name} anyof {values}" if op == "in" else f"{name} notempty and {name} noneof {values}"
    if several and op in ("eq", "contains"):
        return f"{name} contains {_value(test.value)}"
    if several and op == "ne":
        return f"{name} notempty and {name} notcontains {_value(test.value)}"
    if op in ("contains", "starts"):
        return f"{name} contains {_value(test.value)}"
    if op == "eq":
        return f"{name} = {_value(test.value)}"
    return f"{name} notempty and {name} {SIGNS[op]} {_value(test.value)}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}" if abs(value) < 1e6 else repr(value)
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"
