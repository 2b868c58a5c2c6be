"""The functions of the three languages that say something our conditions can say too."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from questionnaires.interchange.expressions.tree import Compare, Expr, ListOf, Lit, Negate, Ref, Unsupported

Condition = dict[str, Any]


class Maker(Protocol):
    """What makes conditions (`translate`)."""

    def of(self, expr: Expr) -> Condition:
        """An expression."""

    def present(self, name: str) -> Condition:
        """Whether a question is answered."""

    def opposite(self, one: Condition) -> Condition:
        """The opposite."""

    def joined(self, key: str, parts: list[Condition]) -> Condition:
        """`all` or `any` of several."""

    def several(self, name: str) -> bool:
        """Whether an answer may hold several values, or stands for several answers."""


Made = Callable[[Maker, tuple[Expr, ...]], Condition]


def _one(args: tuple[Expr, ...], count: int = 1) -> Expr:
    if len(args) != count:
        raise Unsupported("expression_not_read")
    return args[0]


def _empty(maker: Maker, args: tuple[Expr, ...]) -> Condition:
    found = _one(args)
    if not isinstance(found, Ref):
        raise Unsupported("expression_not_read")
    return maker.opposite(maker.present(found.name))


def _not_empty(maker: Maker, args: tuple[Expr, ...]) -> Condition:
    found = _one(args)
    if not isinstance(found, Ref):
        raise Unsupported("expression_not_read")
    return maker.present(found.name)


def _selected(maker: Maker, args: tuple[Expr, ...]) -> Condition:
    """XForms: a list of words holds one."""
    question, value = _one(args, 2), args[1]
    if not isinstance(question, Ref) or not isinstance(value, Lit):
        raise Unsupported("expression_not_read")
    return maker.of(Compare("contains" if maker.several(question.name) else "eq", question, value))


def _counted(maker: Maker, args: tuple[Expr, ...]) -> Condition:
    """How many answers there are, where it is enough to know whether any, none or all are."""
    *refs, op, number = args
    names = [one for one in refs if isinstance(one, Ref)]
    if len(names) < len(refs) or not names or not isinstance(op, Lit) or not isinstance(number, Lit):
        raise Unsupported("expression_not_read")
    said, wanted = str(op.value), number.value
    try:
        wanted = float(wanted) if not isinstance(wanted, bool) and wanted is not None else -1.0
    except ValueError:
        raise Unsupported("expression_not_read") from None
    if (said, wanted) in (("gt", 0), ("ge", 1), ("ne", 0)):
        return _any(maker, names)
    if (said, wanted) in (("eq", 0), ("lt", 1), ("le", 0)):
        return maker.opposite(_any(maker, names))
    if not any(maker.several(one.name) for one in names) and (said, wanted) in (
        ("eq", len(names)),
        ("ge", len(names)),
        ("gt", len(names) - 1),
    ):
        return maker.joined("all", [maker.present(one.name) for one in names])
    raise Unsupported("expression_counts", said)


def _length(maker: Maker, args: tuple[Expr, ...]) -> Condition:
    """How long a text is, where it is enough to know whether there is any."""
    if len(args) != 3 or not isinstance(args[1], Lit) or not isinstance(args[2], Lit):
        raise Unsupported("expression_not_read")
    if (args[1].value, args[2].value) not in (("gt", 0), ("ge", 1), ("ne", 0), ("eq", 0), ("lt", 1), ("le", 0)):
        raise Unsupported("expression_counts", str(args[1].value))
    return _counted(maker, args)


def _any(maker: Maker, names: list[Ref]) -> Condition:
    return maker.joined("any", [maker.present(one.name) for one in names])


def _any_of(maker: Maker, args: tuple[Expr, ...]) -> Condition:
    question, value = _one(args, 2), args[1]
    return maker.of(Compare("any_of", question, value if isinstance(value, ListOf) else ListOf((value,))))


CALLS: Mapping[str, Made] = {
    "is_empty": _empty,
    "empty": _empty,
    "notempty": _not_empty,
    "not": lambda maker, args: maker.of(Negate(_one(args))),
    "true": lambda maker, _args: maker.of(Lit(True)),
    "false": lambda maker, _args: maker.of(Lit(False)),
    "boolean": lambda maker, args: maker.of(_one(args)),
    "selected": _selected,
    "anyof": _any_of,
    "count number": _counted,
    "count-selected number": _counted,
    "string-length number": _length,
    "strlen number": _length,
}
"""By name where yes or no is wanted; `<name> number` where it is held against a number."""
