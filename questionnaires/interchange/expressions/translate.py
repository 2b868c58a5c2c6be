"""An expression as a condition of ours, with the same meaning or not at all.

The other languages know two values, ours three: there a blank answer makes `q != "a"` true, here unknown. So nothing is
ever negated by `not`: the opposite is spelled out, blanks included (`any: absent, ne`).
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.foundation.conditions import LARGEST_NUMBER, LONGEST_VALUE, MAX_DEPTH, MAX_TESTS
from questionnaires.interchange.expressions.calls import CALLS
from questionnaires.interchange.expressions.tree import Call, Compare, Expr, ListOf, Lit, Logic, Negate, Origin, Ref, Sum, Unsupported

Condition = dict[str, Any]
ALWAYS: Condition = {"all": []}
NEVER: Condition = {"any": []}
INVERSE = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt", "in": "not_in", "not_in": "in"}
MIRROR = {"eq": "eq", "ne": "ne", "lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}
ORDERED = frozenset({"lt", "le", "gt", "ge"})
YES, NO = frozenset({"y", "yes", "true", "1", "on"}), frozenset({"n", "no", "false", "0", "2", "off"})


@dataclass(frozen=True)
class Target:
    """What a name of the file stands for here.

    kind    choice, choices (several may be chosen), member (one option of several), flag, number, text, group (several answers)
    values  codes of the file to codes of ours
    member  our code of the option, for a member
    yes     spellings of the file that mean yes, lower case, for flags and members; `no` likewise
    fields  all names of answers, for a group
    twins   codes of the file that stand for several of ours (a list that names a choice twice)
    inner   the kind of each answer of a group
    """

    field: str
    kind: str
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    member: str = ""
    yes: frozenset[str] = YES
    no: frozenset[str] = NO
    fields: tuple[str, ...] = ()
    twins: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    inner: str = ""


Resolve = Callable[[str], Target | None]


def condition(expr: Expr, resolve: Resolve) -> Condition | None:
    """The condition that means the same; None where it always holds.

    Raises  Unsupported with what has no counterpart
    """
    made = _Maker(resolve).of(expr)
    if _depth(made) > MAX_DEPTH or _tests(made) > MAX_TESTS:
        raise Unsupported("expression_too_large")
    return None if made == ALWAYS else made


def every(parts: list[Condition]) -> Condition:
    """All of some conditions, flat."""
    return _joined("all", parts)


def opposite(one: Condition) -> Condition:
    """The opposite with two values: a blank answer counts as not fulfilling."""
    if "any" in one:
        if (field_name := _blank_or(one)) is not None:
            test = one["any"][1]
            return {"field": field_name, "op": INVERSE[test["op"]], "value": test["value"]}
        return _joined("all", [opposite(part) for part in one["any"]])
    if "all" in one:
        return _joined("any", [opposite(part) for part in one["all"]])
    name, op = one["field"], one["op"]
    if op in ("present", "absent"):
        return {"field": name, "op": "absent" if op == "present" else "present"}
    if op == "contains":
        if one.get("_text"):
            raise Unsupported("expression_not_of_text")
        return _or_blank(name, "not_in", [one["value"]])
    return _or_blank(name, INVERSE[op], one["value"])


def _or_blank(name: str, op: str, value: Any) -> Condition:
    return {"any": [{"field": name, "op": "absent"}, {"field": name, "op": op, "value": value}]}


def _blank_or(one: Condition) -> str | None:
    """The field of `blank, or …`, which turns about into the one test."""
    parts = one["any"]
    if len(parts) == 2 and parts[0].get("op") == "absent" and parts[1].get("field") == parts[0].get("field") and parts[1]["op"] in INVERSE:
        return str(parts[0]["field"])
    return None


def _joined(key: str, parts: list[Condition]) -> Condition:
    empty, decided = (ALWAYS, NEVER) if key == "all" else (NEVER, ALWAYS)
    flat: list[Condition] = []
    for part in parts:
        if part == decided:
            return decided
        if part == empty:
            continue
        flat += part.get(key, [part])
    if key == "all":
        flat = _without_present(flat)
    unique = [part for number, part in enumerate(flat) if part not in flat[:number]] if len(flat) < 50 else flat
    return unique[0] if len(unique) == 1 else {key: unique}


def _without_present(parts: list[Condition]) -> list[Condition]:
    """What is answered anyway need not be said: a test of ours holds only for an answer."""
    known = {part["field"] for part in parts if part.get("op") == "present"}
    if not known:
        return parts
    tested = [part["any"][1] if "any" in part and _blank_or(part) in known else part for part in parts]  # blank or …, where it is not blank
    held = {part["field"] for part in tested if part.get("op") not in (None, "present", "absent")}
    return [part for part in tested if part.get("op") != "present" or part["field"] not in held]


class _Maker:
    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve

    def of(self, expr: Expr) -> Condition:
        """Any expression where yes or no is wanted."""
        if isinstance(expr, Logic):
            return _joined("all" if expr.every else "any", [self.of(part) for part in expr.parts])
        if isinstance(expr, Origin):
            return self.of(expr.part)
        if isinstance(expr, Negate):
            return opposite(self.of(expr.part))
        if isinstance(expr, Compare):
            return self._compare(expr)
        if isinstance(expr, Lit):
            return ALWAYS if expr.value not in (None, False, 0, "", "0") else NEVER
        if isinstance(expr, Ref):
            return self._truth(self.target(expr.name))
        if isinstance(expr, Call):
            known = CALLS.get(expr.name)
            if known is None:
                raise Unsupported("expression_function", expr.name)
            return known(self, expr.args)
        if isinstance(expr, Sum):
            raise Unsupported("expression_arithmetic", expr.op)
        raise Unsupported("expression_not_read")

    def target(self, name: str) -> Target:
        """What a name stands for.

        Raises  Unsupported
        """
        found = self._resolve(name)
        if found is None:
            raise Unsupported("expression_unknown_name", name)
        return found

    def present(self, name: str) -> Condition:
        """Whether a question is answered."""
        return present(self.target(name))

    def opposite(self, one: Condition) -> Condition:
        """The opposite."""
        return opposite(one)

    def joined(self, key: str, parts: list[Condition]) -> Condition:
        """`all` or `any` of several."""
        return _joined(key, parts)

    def several(self, name: str) -> bool:
        """Whether an answer may hold several values, or stands for several answers."""
        return self.target(name).kind in ("choices", "group")

    def _truth(self, target: Target) -> Condition:
        if target.kind == "flag":
            return {"field": target.field, "op": "eq", "value": True}
        return present(target)

    def _compare(self, expr: Compare) -> Condition:
        left, op, right = expr.left, expr.op, expr.right
        if isinstance(right, Ref | Call) and isinstance(left, Lit) and op in MIRROR:
            left, op, right = right, MIRROR[op], left
        if isinstance(left, Call):
            counted = CALLS.get(f"{left.name} number")
            if counted is None or not isinstance(right, Lit):
                raise Unsupported("expression_function", left.name)
            return counted(self, (*left.args, Lit(op), right))
        if isinstance(left, Sum) or isinstance(right, Sum):
            raise Unsupported("expression_arithmetic")
        if isinstance(left, Lit) and isinstance(right, Lit):
            if op not in ("eq", "ne"):
                raise Unsupported("expression_not_read")
            return ALWAYS if (str(left.value) == str(right.value)) is (op == "eq") else NEVER
        if not isinstance(left, Ref):
            raise Unsupported("expression_not_read")
        if isinstance(right, Ref | Call):
            raise Unsupported("expression_two_answers", right.name)
        return compared(self.target(left.name), op, right)


def present(target: Target) -> Condition:
    """Whether there is an answer."""
    if target.kind == "member":
        return _member(target)
    names = target.fields or (target.field,)
    return _joined("any", [{"field": name, "op": "present"} for name in names])


def compared(target: Target, op: str, right: Expr) -> Condition:
    """An answer held against a value or several."""
    if op in ("not_contains", "ne"):
        return opposite(compared(target, {"not_contains": "contains", "ne": "eq"}[op], right))
    if op == "any_row":
        return _of_any_row(target, right)
    if target.kind == "group":
        raise Unsupported("expression_whole_matrix", target.field)
    if isinstance(right, ListOf):
        return _with_list(target, op, right)
    if not isinstance(right, Lit):
        raise Unsupported("expression_not_read")
    if right.value is None or right.value == "":
        if op != "eq":
            raise Unsupported("expression_not_read")
        return opposite(present(target))
    if op in ("any_of", "all_of"):
        return _with_list(target, op, ListOf((right,)))
    return _with_value(target, op, right.value)


def _of_any_row(target: Target, right: Expr) -> Condition:
    """Any row of a matrix answered with a value."""
    op = "contains" if target.inner == "choices" else "eq"
    rows = [dataclasses.replace(target, field=name, kind=target.inner) for name in target.fields]
    return _joined("any", [compared(row, op, right) for row in rows]) if rows else compared(target, "eq", right)


def _with_value(target: Target, op: str, value: str | float | bool) -> Condition:
    if (isinstance(value, str) and len(value) > LONGEST_VALUE) or (not isinstance(value, str) and abs(value) > LARGEST_NUMBER):
        raise Unsupported("expression_too_large")
    if target.kind == "member":
        said = _spelled(value).lower()
        if op not in ("eq", "contains") or said not in target.yes | target.no:
            raise Unsupported("expression_unknown_value", said)
        return _member(target) if said in target.yes else opposite(_member(target))
    if target.kind == "flag":
        said = _spelled(value).lower()
        if op not in ("eq", "contains") or said not in target.yes | target.no:
            raise Unsupported("expression_unknown_value", said)
        return {"field": target.field, "op": "eq", "value": said in target.yes}
    if target.kind in ("choice", "choices"):
        return _with_code(target, op, value)
    if op == "contains" and target.kind != "number":
        return {"field": target.field, "op": "contains", "value": _spelled(value), "_text": True}
    op = "eq" if op == "contains" else op
    if target.kind == "number" and isinstance(value, str):
        value = _as_number(value)
    return {"field": target.field, "op": op, "value": value}


def _with_code(target: Target, op: str, value: str | float | bool) -> Condition:
    if op in ORDERED:
        if target.kind == "choices":
            raise Unsupported("expression_unknown_value", _spelled(value))
        fit = [ours for theirs, ours in target.values.items() if _orders(theirs, op, value)]
        return {"field": target.field, "op": "in", "value": fit} if fit else NEVER
    ours = target.values.get(_spelled(value))
    if ours is None:
        return NEVER
    if (twins := target.twins.get(_spelled(value))) is not None and (target.kind == "choice" or op == "contains"):
        return {"field": target.field, "op": "in", "value": list(twins)}
    if target.kind == "choice":
        return {"field": target.field, "op": "eq", "value": ours}
    if op == "contains":
        return {"field": target.field, "op": "contains", "value": ours}
    return _just(target, [ours])


def _with_list(target: Target, op: str, right: ListOf) -> Condition:
    values = [one.value for one in right.items if isinstance(one, Lit) and one.value is not None]
    if len(values) < len(right.items) or target.kind not in ("choice", "choices"):
        raise Unsupported("expression_not_read")
    codes = [target.values.get(_spelled(one)) for one in values]
    known = [one for one in codes if one is not None]
    if op == "any_of" or (op == "contains" and target.kind == "choice"):
        return {"field": target.field, "op": "in", "value": known} if known else NEVER
    if len(known) < len(codes):
        return NEVER
    if not codes:
        return opposite(present(target)) if op == "eq" else ALWAYS
    if op in ("all_of", "contains"):
        return _joined("all", [{"field": target.field, "op": "contains", "value": one} for one in known])
    if op == "eq":
        return _just(target, known) if target.kind == "choices" else NEVER
    raise Unsupported("expression_not_read")


def _just(target: Target, codes: list[str]) -> Condition:
    """Those options and no others."""
    others = sorted(set(target.values.values()) - set(codes))
    chosen = [{"field": target.field, "op": "contains", "value": one} for one in codes]
    return _joined("all", [*chosen, *([{"field": target.field, "op": "not_in", "value": others}] if others else [])])


def _member(target: Target) -> Condition:
    return {"field": target.field, "op": "contains", "value": target.member}


def _orders(theirs: str, op: str, value: str | float | bool) -> bool:
    try:
        left, right = float(theirs), float(value)
    except ValueError:
        return False
    return {"lt": left < right, "le": left <= right, "gt": left > right, "ge": left >= right}[op]


def _spelled(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _as_number(value: str) -> str | float:
    try:
        number = float(value)
    except ValueError:
        return value
    return number if abs(number) <= LARGEST_NUMBER else value


def _depth(one: Condition) -> int:
    parts = one.get("all") or one.get("any") or ()
    return 1 + max((_depth(part) for part in parts), default=0) if parts else 0


def _tests(one: Condition) -> int:
    parts = one.get("all") or one.get("any") or ()
    return 1 + sum(_tests(part) for part in parts)


def tidy(one: Condition) -> Condition:
    """Without our own marks, as `conditions.parse` takes it."""
    for key in ("all", "any"):
        if key in one:
            return {key: [tidy(part) for part in one[key]]}
    return {name: value for name, value in one.items() if not name.startswith("_")}
