"""Lists of choices of an XLSForm, and the filters that leave only some of a list."""

from dataclasses import replace

from questionnaires.interchange.carrying.form import Form, Part
from questionnaires.interchange.expressions.dialects import XPATH
from questionnaires.interchange.expressions.parser import parse
from questionnaires.interchange.expressions.translate import Condition, Target, condition
from questionnaires.interchange.expressions.tree import (
    Call,
    Compare,
    Expr,
    ListOf,
    Lit,
    Logic,
    Negate,
    Origin,
    Ref,
    Sum,
    Unsupported,
)  # fmt: skip
from questionnaires.interchange.xlsform.columns import Row, Table

COLUMN = "\0"
FILTER = replace(XPATH, bare=True, ref=lambda raw: raw[2:-1].strip() if raw.startswith("$") else COLUMN + raw)


def lists_of(table: Table | None) -> dict[str, list[Row]]:
    """The rows of each list."""
    found: dict[str, list[Row]] = {}
    for row in table.rows if table is not None else []:
        if row["list_name"] and row["name"]:
            found.setdefault(row["list_name"], []).append(row)
    return found


def nowhere(table: Table | None) -> list[Row]:
    """The rows that no question can offer, since they name no list or no choice."""
    return [row for row in table.rows if not (row["list_name"] and row["name"])] if table is not None else []


def parts_of(rows: list[Row]) -> list[Part]:
    """Choices of a list."""
    return [Part(row["name"], dict(row.texts.get("label", {}))) for row in rows]


def filtered(form: Form, rows: list[Row], text: str, where: str) -> list[Part]:
    """The choices of a list with what each hangs on; those that the filter never leaves are gone, and told of."""
    number = form.count()
    parts = parts_of(rows)
    try:
        expr = parse(text, FILTER)
        shown = [_for_row(expr, row) for row in rows]
        fixed = [_fixed(one) for one in shown]
    except Unsupported as error:
        form.lose(number, error.code, "choice_filter", where, text)
        return parts
    kept: list[Part] = []
    gone: list[str] = []
    for part, one, value in zip(parts, shown, fixed, strict=True):
        if value is False:
            gone.append(part.name)
            continue
        part.show_if = None if value is True else Origin(number, "choice_filter", where, one)
        kept.append(part)
    if gone and kept:
        form.counts.options -= len(gone)
        form.notes.changed("choices_left_out", "choice_filter", where, ", ".join(gone))
    if not kept:
        form.lose(number, "filter_leaves_none", "choice_filter", where, text)
        return parts
    return kept


def _for_row(expr: Expr, row: Row) -> Expr:
    """A filter with the columns of one choice put in; a word that names no column is text."""
    if isinstance(expr, Ref):
        if not expr.name.startswith(COLUMN):
            return expr
        name = expr.name[1:]
        return Lit(row["name"] if name == "name" else row[name.lower()] if name.lower() in row.values else _text_of(name, row))
    if isinstance(expr, Compare):
        return Compare(expr.op, _for_row(expr.left, row), _for_row(expr.right, row))
    if isinstance(expr, Logic):
        return Logic(expr.every, tuple(_for_row(one, row) for one in expr.parts))
    if isinstance(expr, Negate):
        return Negate(_for_row(expr.part, row))
    if isinstance(expr, Call):
        return Call(expr.name, tuple(_for_row(one, row) for one in expr.args))
    if isinstance(expr, ListOf | Sum | Origin):
        raise Unsupported("expression_not_read")
    return expr


def _text_of(name: str, row: Row) -> str:
    return name if name not in row.texts else next(iter(row.texts[name].values()))


class _Hangs(Exception):
    """It hangs on an answer."""


def _fixed(expr: Expr) -> bool | None:
    """True or False where no answer is needed to tell; None where one is."""
    if isinstance(expr, Logic):
        parts = [_fixed(one) for one in expr.parts]
        if (not expr.every) not in parts:
            return None if None in parts else expr.every
        return not expr.every

    def resolve(_name: str) -> Target:
        raise _Hangs

    try:
        made: Condition | None = condition(expr, resolve)
    except _Hangs:
        return None
    return made is None
