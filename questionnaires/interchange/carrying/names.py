"""Codes for everything that a form holds, and what each name of the file stands for here."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from questionnaires.interchange.carrying.codes import Taken, fitted
from questionnaires.interchange.carrying.form import Ask, Form, Part
from questionnaires.interchange.expressions.translate import Target
from questionnaires.interchange.expressions.tree import Expr, ordered_in
from questionnaires.logic.definition import JOINT, MATRICES, MOST_OPTIONS, MOST_QUESTIONS, OTHER_SUFFIX, QuestionType
from questionnaires.logic.order import SEED, SHORT, TODAY
from questionnaires.logic.question import MOST_ROWS

MOST_TURNS = 5
"""How often one name may stand for another."""
RESERVED = ("language", SEED, SHORT, TODAY, "end")
CHOICE_KINDS = {
    QuestionType.SINGLE: "choice",
    QuestionType.MATRIX_SINGLE: "choice",
    QuestionType.MULTIPLE: "choices",
    QuestionType.MATRIX_MULTIPLE: "choices",
    QuestionType.RANKING: "choices",
}
FLAGS = frozenset({QuestionType.YES_NO, QuestionType.CONSENT})
NUMBERS = frozenset({
    *(QuestionType.NPS, QuestionType.CSAT, QuestionType.CES, QuestionType.SLIDER, QuestionType.NUMBER),
    *(QuestionType.MATRIX_RATING, QuestionType.CONSTANT_SUM),
})  # fmt: skip


@dataclass
class Named:
    """A question with its code, and the codes of its options and rows by their names in the file."""

    ask: Ask
    code: str
    options: dict[str, str] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    option_parts: list[tuple[str, Part]] = field(default_factory=list)
    row_parts: list[tuple[str, Part]] = field(default_factory=list)
    twins: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def answers(self) -> tuple[str, ...]:
        """The names of its answers, as `Question.names` gives them."""
        if self.ask.type is QuestionType.STATEMENT:
            return ()
        if self.ask.type in MATRICES:
            return tuple(self.code + JOINT + code for code, _part in self.row_parts)
        if self.ask.type is QuestionType.CONSTANT_SUM:
            return tuple(self.code + JOINT + code for code, _part in self.option_parts)
        return (self.code,)


class Names:
    """All names of a form."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self.by_ask: dict[int, Named] = {}
        self._meant: dict[str, tuple[Named, tuple[str, str]]] = {}
        self._folded: dict[str, str] = {}
        codes = Taken(RESERVED)
        kept = 0
        for sheet in form.sheets:
            for ask in sheet.asks:
                if kept >= MOST_QUESTIONS:
                    form.notes.lost("too_many_questions", ask.type.value, ask.place, MOST_QUESTIONS)
                    continue
                kept += 1
                self._take(ask, codes)
        for named in list(self.by_ask.values()):
            self._aliases(named)
        self._numbers()

    def _numbers(self) -> None:
        """A short text that conditions hold against a number by more or less is a number here."""
        for name in dict.fromkeys(name for expr in _expressions(self._form) for name in ordered_in(expr)):
            found = self.find(name)
            if found is not None and found[0].ask.type is QuestionType.SHORT_TEXT and found[1] == ("", ""):
                ask = found[0].ask
                ask.type, ask.decimals = QuestionType.NUMBER, 6
                self._form.notes.changed("became_number", "text", ask.place)

    def _take(self, ask: Ask, codes: Taken) -> None:
        wanted = fitted(ask.name, "question")
        named = Named(ask, codes.free(wanted))
        named.option_parts = self._parts(ask, ask.options, named.options, MOST_OPTIONS, "option")
        for name in {part.name for _code, part in named.option_parts} if len(named.options) < len(named.option_parts) else ():
            codes_of = tuple(code for code, part in named.option_parts if part.name == name)
            if len(codes_of) > 1:
                named.twins[name] = codes_of
        named.row_parts = self._parts(ask, ask.rows, named.rows, MOST_ROWS, "row")
        if named.code != wanted:
            self._form.notes.changed("name_twice", ask.name, ask.place, named.code)
        self.by_ask[id(ask)] = named

    def _parts(self, ask: Ask, parts: list[Part], known: dict[str, str], most: int, kind: str) -> list[tuple[str, Part]]:
        matrix = ask.type in MATRICES or ask.type is QuestionType.CONSTANT_SUM
        taken = Taken(("other",) if matrix and (kind == "row" or ask.type is QuestionType.CONSTANT_SUM) else ())
        found: list[tuple[str, Part]] = []
        for part in parts:
            if len(found) >= most:
                self._form.notes.lost(f"too_many_{kind}s", part.name, ask.place, most)
                continue
            if part.name in known:
                self._form.notes.changed("code_twice", part.name, ask.place)
            code = taken.free(fitted(part.name, kind, digit_first=True))
            for spelling in (part.name, *part.codes):
                known.setdefault(spelling, code)
            found.append((code, part))
        return found

    def _aliases(self, named: Named) -> None:
        for name, meant in {named.ask.name: ("", ""), **named.ask.names}.items():
            self._meant.setdefault(name, (named, meant))
            self._folded.setdefault(name.lower(), name)

    def __iter__(self) -> Iterator[Named]:
        yield from self.by_ask.values()

    def find(self, name: str) -> tuple[Named, tuple[str, str]] | None:
        """What a name of the file means: a question and which part of it. Case counts only where two differ by it."""
        for _turn in range(MOST_TURNS):
            found = self._meant.get(name)
            found = found if found is not None else self._meant.get(self._folded.get(name.lower(), ""))
            if found is not None or name not in self._form.aliases:
                return found
            name = self._form.aliases[name]
        return None

    def target(self, name: str) -> Target | None:
        """A name as a condition reads it."""
        if name in self._form.fields:
            return self._form.fields[name]
        found = self.find(name)
        return _target(*found) if found is not None else None

    def answer(self, name: str) -> str | None:
        """The name of the answer that a name of the file means, as a pipe says it."""
        found = self.find(name)
        if found is None or found[0].ask.type is QuestionType.STATEMENT:
            return None
        named, (kind, part) = found
        if kind == "row":
            return named.code + JOINT + named.rows[part] if part in named.rows else None
        if kind == "other":
            return named.code + OTHER_SUFFIX
        if kind == "option" and named.ask.type is QuestionType.CONSTANT_SUM:
            return named.code + JOINT + named.options[part] if part in named.options else None
        return named.code

    def of_row(self, name: str, row: str) -> list[str]:
        """The answers of one row of a question of the file, whether it is a matrix here or became several questions."""
        found = self.find(name)
        if found is not None and row in found[0].rows:
            return [found[0].code + JOINT + found[0].rows[row]]
        stem = f"{name.lower()}_"
        return [
            answer
            for one in self.by_ask.values()
            if one.ask.parts and one.ask.parts[0] == row and one.ask.name.lower().startswith(stem)
            for answer in one.answers
        ]

    def known(self) -> dict[str, str]:
        """Every name of the file with the answer that it means."""
        return {name: answer for name in self._meant if (answer := self.answer(name)) is not None}


def _expressions(form: Form) -> Iterator[Expr]:
    for sheet in form.sheets:
        found = [sheet.show_if, *(leap.go_if for leap in sheet.leaps)]
        for ask in sheet.asks:
            found += [ask.show_if, *(part.show_if for part in (*ask.options, *ask.rows))]
        yield from (one for one in found if one is not None)
    yield from (close.show_if for close in form.closes)


def _target(named: Named, meant: tuple[str, str]) -> Target | None:
    ask, (kind, part) = named.ask, meant
    if ask.type is QuestionType.STATEMENT:
        return None
    if kind == "other":
        return Target(named.code + OTHER_SUFFIX, "text")
    if kind == "option" and part in named.options:
        if ask.type is QuestionType.CONSTANT_SUM:
            return Target(named.code + JOINT + named.options[part], "number")
        return Target(named.code, "member", member=named.options[part], yes=ask.yes, no=ask.no)
    if kind == "row":
        if part not in named.rows:
            return None
        return _single(ask, named, named.code + JOINT + named.rows[part])
    if ask.type in MATRICES or ask.type is QuestionType.CONSTANT_SUM:
        inner = "number" if ask.type in NUMBERS else CHOICE_KINDS[ask.type]
        return Target(named.code, "group", values=named.options, fields=named.answers, inner=inner)
    return _single(ask, named, named.code)


def _single(ask: Ask, named: Named, field_name: str) -> Target:
    if ask.type in CHOICE_KINDS:
        return Target(field_name, CHOICE_KINDS[ask.type], values=named.options, twins=named.twins)
    if ask.type in FLAGS:
        return Target(field_name, "flag", yes=ask.yes, no=ask.no)
    return Target(field_name, "number" if ask.type in NUMBERS else "text")
