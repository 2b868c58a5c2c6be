"""Qualtrics' display, branch and skip logic as expressions; names are question ids, `e:` and the field for embedded data."""

import re
from typing import Any
from urllib.parse import unquote

from questionnaires.interchange.carrying.files import string_of
from questionnaires.interchange.carrying.form import Form
from questionnaires.interchange.expressions.tree import Call, Compare, Expr, Lit, Logic, Negate, Origin, Ref, Unsupported

Json = dict[str, Any]
_LOCATOR = re.compile(r"q://(QID[\w#]+)/(\w+)(?:/([\w.~-]+))?(?:/([\w.~-]+))?")
ORDERS = {"GreaterThan": "gt", "GreaterThanOrEqual": "ge", "LessThan": "lt", "LessThanOrEqual": "le"}
MOST = 200


def logic(form: Form, raw: Any, construct: str, where: str) -> Expr | None:
    """A whole logic: sets of tests, each joined to the one before by and or or."""
    if not isinstance(raw, dict) or not raw:
        return None
    number = form.count()
    try:
        return Origin(number, construct, where, _sets(raw))
    except Unsupported as error:
        form.lose(number, error.code, construct, where, error.detail)
        return None


def _sets(raw: Json) -> Expr:
    found: list[tuple[bool, Expr]] = []
    for one in _numbered(raw):
        tests = [(string_of(test.get("Conjuction") or test.get("Conjunction")).lower() == "or", test_of(test)) for test in _numbered(one)]
        if tests:
            found.append((string_of(one.get("Type")) in ("OrIf", "ElseIf", "Or"), _joined(tests)))
    if not found:
        raise Unsupported("expression_not_read")
    return _joined(found)


def _numbered(raw: Json) -> list[Json]:
    keys = sorted((key for key in raw if key.isascii() and key.isdigit() and len(key) < 6), key=int)[:MOST]
    return [raw[key] for key in keys if isinstance(raw[key], dict)]


def _joined(parts: list[tuple[bool, Expr]]) -> Expr:
    """And binds tighter than or, as Qualtrics reads it."""
    groups: list[list[Expr]] = []
    for other, part in parts:
        if other or not groups:
            groups.append([part])
        else:
            groups[-1].append(part)
    joined: list[Expr] = [group[0] if len(group) == 1 else Logic(True, tuple(group)) for group in groups]
    return joined[0] if len(joined) == 1 else Logic(False, tuple(joined))


def test_of(raw: Json) -> Expr:
    """One test.

    Raises  Unsupported for what is not about an answer or embedded data
    """
    kind = string_of(raw.get("LogicType") or "Question")
    operator = string_of(raw.get("Operator"))
    if kind == "EmbeddedField":
        return _compared(Ref(f"e:{string_of(raw.get('LeftOperand'))}"), operator, raw.get("RightOperand"))
    if kind != "Question":
        raise Unsupported("expression_function" if kind == "Quota" else "expression_of_device", kind)
    locator = _LOCATOR.match(unquote(string_of(raw.get("LeftOperand") or raw.get("ChoiceLocator"))[:400]))
    if locator is None:
        raise Unsupported("expression_not_read", operator)
    question, part, first, second = locator.groups()
    if part == "SelectableChoice" and first is not None:
        name, choice = (f"{question}/{first}", second) if second is not None else (question, first)
        return selected(name, choice, operator)
    if part == "SelectableAnswer" and first is not None:
        return _turned(Compare("any_row", Ref(question), Lit(first)), operator)
    if part in ("ChoiceTextEntryValue", "ChoiceNumericEntryValue", "ChoiceValue"):
        return _compared(Ref(f"{question}/{first}" if first else question), operator, raw.get("RightOperand"))
    if part == "SelectedChoicesCount":
        return Compare(_ordered(operator), _count(question), Lit(_value(raw.get("RightOperand"))))
    raise Unsupported("expression_function", part)


def _count(question: str) -> Expr:
    return Call("count", (Ref(question),))


def _ordered(operator: str) -> str:
    found = {**ORDERS, "EqualTo": "eq", "NotEqualTo": "ne"}.get(operator)
    if found is None:
        raise Unsupported("expression_function", operator)
    return found


def selected(name: str, choice: str, operator: str) -> Expr:
    """Whether a choice was chosen."""
    return _turned(Compare("contains", Ref(name), Lit(choice)), operator)


def _turned(test: Expr, operator: str) -> Expr:
    if operator in ("Selected", "Is", "EqualTo"):
        return test
    if operator in ("NotSelected", "IsNot", "NotEqualTo"):
        return Negate(test)
    raise Unsupported("expression_function", operator)


def _compared(left: Expr, operator: str, right: Any) -> Expr:
    value = _value(right)
    if operator in ("EqualTo", "Is"):
        return Compare("eq", left, Lit(value))
    if operator in ("NotEqualTo", "IsNot"):
        return Negate(Compare("eq", left, Lit(value)))
    if operator in ORDERS:
        return Compare(ORDERS[operator], left, Lit(value))
    if operator == "Contains":
        return Compare("contains", left, Lit(string_of(right)))
    if operator in ("Empty", "NotEmpty"):
        test = Compare("eq", left, Lit(""))
        return test if operator == "Empty" else Negate(test)
    raise Unsupported("expression_function", operator)


def _value(raw: Any) -> str | float:
    text = string_of(raw)
    try:
        return float(text) if text and text.replace(".", "", 1).removeprefix("-").isdigit() else text
    except ValueError:
        return text
