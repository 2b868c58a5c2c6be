"""What an expression is, whichever language it was written in."""

from dataclasses import dataclass

Scalar = str | float | bool | None


class Unsupported(Exception):
    """An expression that has no counterpart here: `code` says why (`labels.WORDS`), `detail` names the part."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail[:200]


@dataclass(frozen=True)
class Ref:
    """A name of the file: a question, a row, an option; `.` is the question itself."""

    name: str


@dataclass(frozen=True)
class Lit:
    """A fixed value; None is nothing."""

    value: Scalar


@dataclass(frozen=True)
class ListOf:
    """Several fixed values."""

    items: tuple["Expr", ...]


@dataclass(frozen=True)
class Call:
    """A function."""

    name: str
    args: tuple["Expr", ...]


@dataclass(frozen=True)
class Compare:
    """Two sides: eq ne lt le gt ge contains not_contains any_of all_of; any_row: of a matrix, any of its rows."""

    op: str
    left: "Expr"
    right: "Expr"


@dataclass(frozen=True)
class Logic:
    """All of several, or any of them."""

    every: bool
    parts: tuple["Expr", ...]


@dataclass(frozen=True)
class Negate:
    """The opposite."""

    part: "Expr"


@dataclass(frozen=True)
class Sum:
    """Arithmetic, which our conditions have not: named, never guessed."""

    op: str
    left: "Expr"
    right: "Expr"


@dataclass(frozen=True)
class Origin:
    """A whole condition of the file, with its number there, what it is called and where it stands."""

    number: int
    construct: str
    where: str
    part: "Expr"


Expr = Ref | Lit | ListOf | Call | Compare | Logic | Negate | Sum | Origin
ALWAYS, NEVER = Lit(True), Lit(False)


def both(*parts: Expr | None) -> Expr | None:
    """All of those that are there; None where none is."""
    found: tuple[Expr, ...] = ()
    for one in parts:
        found += one.parts if isinstance(one, Logic) and one.every else (one,) if one is not None else ()
    if len(found) > 1:
        return Logic(True, found)
    return found[0] if found else None


def names_in(expr: Expr) -> list[str]:
    """Every name that an expression reads."""
    found: list[str] = []
    waiting: list[Expr] = [expr]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Ref):
            found.append(one.name)
        elif isinstance(one, ListOf):
            waiting.extend(one.items)
        elif isinstance(one, Call):
            waiting.extend(one.args)
        elif isinstance(one, Logic):
            waiting.extend(one.parts)
        elif isinstance(one, Negate | Origin):
            waiting.append(one.part)
        elif isinstance(one, Compare | Sum):
            waiting += [one.left, one.right]
    return found


def origins_in(expr: Expr) -> list[Origin]:
    """The whole conditions of the file that an expression was joined from."""
    found: list[Origin] = []
    waiting: list[Expr] = [expr]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Origin):
            found.append(one)
        elif isinstance(one, Logic):
            waiting.extend(one.parts)
        elif isinstance(one, Negate):
            waiting.append(one.part)
    return found


def ordered_in(expr: Expr) -> list[str]:
    """The names that an expression holds against a number by less or more."""
    found: list[str] = []
    waiting: list[Expr] = [expr]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Compare) and one.op in ("lt", "le", "gt", "ge") and isinstance(one.left, Ref) and isinstance(one.right, Lit):
            found += [one.left.name] if isinstance(one.right.value, int | float) else []
        elif isinstance(one, Logic):
            waiting.extend(one.parts)
        elif isinstance(one, Negate | Origin):
            waiting.append(one.part)
    return found
