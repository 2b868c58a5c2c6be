"""One parser for all dialects: or, and, not, comparisons, arithmetic, functions. Bounded in length and depth."""

from typing import NamedTuple

from questionnaires.interchange.expressions.dialects import Dialect
from questionnaires.interchange.expressions.tree import Call, Compare, Expr, ListOf, Lit, Logic, Negate, Ref, Sum, Unsupported

LONGEST, DEEPEST, MOST_TOKENS, LONGEST_CHAIN = 20_000, 30, 2_000, 100
COMPARISONS = frozenset({"eq", "ne", "lt", "le", "gt", "ge", "contains", "not_contains", "any_of", "all_of", "none_of"})
CONSTANTS = {"true": True, "false": False, "null": None}


class _Token(NamedTuple):
    kind: str
    said: str
    raw: str


def parse(text: str, dialect: Dialect) -> Expr:
    """An expression as a tree.

    Raises  Unsupported where it is no expression of the dialect, or too long or too deep
    """
    if len(text) > LONGEST:
        raise Unsupported("expression_too_large")
    for curly, straight in (("‘", "'"), ("’", "'"), ("“", '"'), ("”", '"'), ("\u00a0", " ")):
        text = text.replace(curly, straight)
    parser = _Parser(_tokens(text, dialect), dialect)
    found = parser.either()
    if parser.next.kind != "end":
        raise Unsupported("expression_not_read", parser.next.raw)
    return found


def _tokens(text: str, dialect: Dialect) -> list[_Token]:
    found: list[_Token] = []
    place, end = 0, len(text.rstrip())
    while place < end:
        match = dialect.token.match(text, place)
        if match is None or match.end() == place or len(found) >= MOST_TOKENS:
            raise Unsupported("expression_not_read", text[place : place + 40])
        kind = match.lastgroup or ""
        raw = match[kind]
        said = raw
        if kind in ("word", "ref") and raw.lower() in dialect.words:
            kind, said = "sign", dialect.words[raw.lower()]
        elif kind == "word" and raw.lower() in dialect.postfix:
            kind, said = "postfix", dialect.postfix[raw.lower()]
        elif kind == "sign":
            said = dialect.signs.get(raw, raw)
        elif kind == "ref":
            said = dialect.ref(raw)
        found.append(_Token(kind, said, raw))
        place = match.end()
    return [*found, _Token("end", "", "")]


class _Parser:
    def __init__(self, tokens: list[_Token], dialect: Dialect) -> None:
        self._tokens, self._dialect, self._place, self._depth = tokens, dialect, 0, 0

    @property
    def next(self) -> _Token:
        """The token that comes."""
        return self._tokens[self._place]

    def _take(self) -> _Token:
        token = self._tokens[self._place]
        if token.kind != "end":
            self._place += 1
        return token

    def _sign(self, *said: str) -> bool:
        return self.next.kind == "sign" and self.next.said in said

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unsupported("expression_too_large")

    def _longer(self, links: int) -> int:
        """A chain such as 1 + 1 + 1 makes a tree as deep as it is long."""
        if links >= LONGEST_CHAIN:
            raise Unsupported("expression_too_large")
        return links + 1

    def either(self) -> Expr:
        """a or b"""
        self._deeper()
        parts = [self._every()]
        while self._sign("or"):
            self._take()
            parts.append(self._every())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else Logic(False, tuple(parts))

    def _every(self) -> Expr:
        parts = [self._negated()]
        while self._sign("and"):
            self._take()
            parts.append(self._negated())
        return parts[0] if len(parts) == 1 else Logic(True, tuple(parts))

    def _negated(self) -> Expr:
        turns = 0
        while self._sign("not") and self._dialect.name != "xpath":
            self._take()
            turns += 1
        found = self._compared(tight=turns > 0)
        return Negate(found) if turns % 2 else found

    def _compared(self, *, tight: bool = False) -> Expr:
        """`!a == b` turns only a about, as in the languages themselves."""
        left = self._added()
        if self.next.kind == "postfix":
            left = Call(self._take().said, (left,))
        links = 0
        while self.next.kind == "sign" and self.next.said in COMPARISONS:
            links = self._longer(links)
            op = self._take().said
            right = self._added()
            if tight:
                raise Unsupported("expression_not_read", f"! … {op}")
            left = Negate(Compare("any_of", left, right)) if op == "none_of" else Compare(op, left, right)
        return left

    def _added(self) -> Expr:
        left, links = self._multiplied(), 0
        while self._sign("+", "-"):
            links = self._longer(links)
            op = self._take().said
            left = Sum(op, left, self._multiplied())
        return left

    def _multiplied(self) -> Expr:
        left, links = self._single(), 0
        while self._sign("*", "/", "%"):
            links = self._longer(links)
            op = self._take().said
            left = Sum(op, left, self._single())
        return left

    def _single(self) -> Expr:
        token = self._take()
        if token.kind == "ref":
            return Ref(token.said)
        if token.kind == "text":
            return Lit(_unquoted(token.raw))
        if token.kind == "number":
            return Lit(_number(token.raw))
        if token.kind == "word":
            return self._word(token)
        if token.kind == "sign":
            return self._signed(token)
        raise Unsupported("expression_not_read", token.raw)

    def _signed(self, token: _Token) -> Expr:
        if token.said in CONSTANTS:
            if self._sign("("):  # XPath writes true()
                self._take()
                self._closing(")")
            return Lit(CONSTANTS[token.said])
        if token.raw == "(":
            found = self.either()
            self._closing(")")
            return found
        if token.raw == "[":
            return ListOf(self._items("]"))
        if token.raw == "-":
            self._deeper()
            inner = self._single()
            self._depth -= 1
            if isinstance(inner, Lit) and isinstance(inner.value, int | float) and not isinstance(inner.value, bool):
                return Lit(-inner.value)
            return Sum("-", Lit(0), inner)
        if token.said == "not" and self._sign("("):
            self._take()
            return Negate(self._inside())
        raise Unsupported("expression_not_read", token.raw)

    def _word(self, token: _Token) -> Expr:
        if self._sign("(") or self.next.raw == "(":
            self._take()
            return Call(token.raw.lower(), self._items(")"))
        return Ref(self._dialect.ref(token.raw)) if self._dialect.bare else Lit(token.raw)

    def _inside(self) -> Expr:
        found = self.either()
        self._closing(")")
        return found

    def _items(self, closing: str) -> tuple[Expr, ...]:
        found: list[Expr] = []
        while self.next.raw != closing:
            found.append(self.either())
            if self.next.raw == ",":
                self._take()
            elif self.next.raw != closing:
                raise Unsupported("expression_not_read", self.next.raw)
        self._take()
        return tuple(found)

    def _closing(self, raw: str) -> None:
        if self._take().raw != raw:
            raise Unsupported("expression_not_read", raw)


def _unquoted(raw: str) -> str:
    inner = raw[1:-1]
    return inner.replace("\\'", "'").replace('\\"', '"').replace("\\\\", "\\") if "\\" in inner else inner


def _number(raw: str) -> float:
    return int(raw) if raw.isdigit() and len(raw) < 16 else float(raw)
