"""How one question is drawn: which fields, with which names and values; words picked, pipes filled, answers in their places."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from portal.foundation.conditions import Parsed
from portal.foundation.i18n import _ as translated
from questionnaires.answering.rules.possible import Possible
from questionnaires.answering.rules.reveal import values_of
from questionnaires.logic.definition import JOINT, MATRICES, OTHER_SUFFIX, UPLOADS, Display, Question, QuestionType, Row


def _(text: str, **facts: object) -> str:
    return str(translated(text, **facts))


Words = Callable[[Mapping[str, str]], str]
Kind = QuestionType
NAME_SUFFIX = "__name"
"""A signature that was typed is the field `<question>__name`."""

INPUTS: Mapping[Kind, tuple[str, str, str]] = {
    Kind.SHORT_TEXT: ("text", "", "off"),
    Kind.NUMBER: ("text", "numeric", "off"),
    Kind.SLIDER: ("text", "numeric", "off"),
    Kind.EMAIL: ("email", "email", "email"),
    Kind.PHONE: ("tel", "tel", "tel"),
    Kind.DATE: ("date", "", "off"),
    Kind.TIME: ("time", "", "off"),
}
"""The kind of field, its keyboard, what the browser may fill in. Numbers are text fields: a wheel never changes them."""
BOXES: Mapping[Kind, str] = {
    Kind.STATEMENT: "statement",
    Kind.CONSENT: "consent",
    Kind.LONG_TEXT: "lines",
    Kind.SLIDER: "slider",
    Kind.RANKING: "ranking",
    Kind.CONSTANT_SUM: "shares",
    **dict.fromkeys(MATRICES, "matrix"),
    **dict.fromkeys(UPLOADS, "upload"),
    **dict.fromkeys((Kind.SINGLE, Kind.MULTIPLE), "c"),
}
PARTS: Mapping[str, frozenset[str]] = {
    "matrix": frozenset({"matrix"}),
    "ranking": frozenset({"lists"}),
    "shares": frozenset({"lists"}),
    "slider": frozenset({"lists", "slider"}),
    "upload": frozenset({"upload"}),
}
"""The parts of the style sheet that a way of drawing needs."""


@dataclass(frozen=True)
class ChoiceView:
    """One target: a point of a scale, an option, a line of a ranking."""

    value: str
    text: str
    id: str
    name: str
    checked: bool = False
    exclusive: bool = False
    other: bool = False
    other_name: str = ""
    other_text: str = ""
    image: str = ""
    typed: str = ""
    reveal: str = ""
    mouth: str = ""
    base: str = ""


@dataclass(frozen=True)
class RowView:
    """One line of a matrix."""

    text: str
    choices: list[ChoiceView]
    points: bool
    id: str = ""
    reveal: str = ""


@dataclass(frozen=True)
class QuestionView:
    """One question as the template shows it; `draw` names the macro."""

    code: str
    type: str
    draw: str
    text: str | Markup
    help: str | Markup
    hint: str = ""
    optional: bool = False
    scale: str = ""
    low: str = ""
    high: str = ""
    low_end: str = ""
    high_end: str = ""
    step: str = ""
    total: str = ""
    choices: list[ChoiceView] = field(default_factory=list)
    rows: list[RowView] = field(default_factory=list)
    uploads: Sequence[Any] = ()
    multiple: bool = False
    pictures: bool = False
    many_files: bool = False
    input: str = "text"
    mode: str = ""
    autocomplete: str = "off"
    typed: str = ""
    error: str = ""
    reveal: str = ""


def draw_of(question: Question) -> str:
    """The way a question is drawn."""
    if question.type is Kind.SINGLE and question.display is Display.DROPDOWN:
        return "dropdown"
    if question.type in INPUTS and question.type is not Kind.SLIDER:
        return "line"
    return BOXES.get(question.type, "points")


def parts_of(question: Question) -> frozenset[str]:
    """The parts of the style sheet that a question needs."""
    found = PARTS.get(draw_of(question), frozenset())
    if question.display in (Display.STARS, Display.FACES):
        found |= {"marks"}
    if question.display is Display.PICTURES or any(option.image for option in question.options):
        found |= {"pictures"}
    return found


class Drawing:
    """Draws questions for one person: words, values as typed or saved, conditions as the page's script reads them."""

    def __init__(self, words: Words, values: Callable[[str], list[str]], spell: Callable[[Parsed | None], str]) -> None:
        self._words, self._values, self._spell = words, values, spell

    def fields(self, one: Possible) -> dict[str, Any]:
        """What a question's own kind adds to its view."""
        question = one.question
        found: dict[str, Any] = {"draw": draw_of(question), "hint": _hint(question)}
        found |= {"low": self._words(question.low_label), "high": self._words(question.high_label)}
        kind, mode, fills = INPUTS.get(question.type, ("text", "", "off"))
        found |= {"input": kind, "mode": "decimal" if mode == "numeric" and question.decimals else mode, "autocomplete": fills}
        found["typed"] = (self._values(question.code) or [""])[0]
        return found | self._of_kind(one)

    def _of_kind(self, one: Possible) -> dict[str, Any]:
        question = one.question
        if question.type in MATRICES:
            return self._matrix(one)
        if question.type in (Kind.RANKING, Kind.CONSTANT_SUM):
            return self._lines(one)
        if question.type is Kind.SLIDER:
            low, high = question.min if question.min is not None else 0, question.max if question.max is not None else 100
            return {"low_end": f"{low:g}", "high_end": f"{high:g}", "step": f"{question.step or 10**-question.decimals:g}"}
        if question.type in UPLOADS:
            typed = (self._values(question.code + NAME_SUFFIX) or [""])[0]
            return {"many_files": question.most_files > 1, "typed": typed}
        if question.type in (Kind.SINGLE, Kind.MULTIPLE):
            pictures = question.display is Display.PICTURES or any(option.image for option in question.options)
            return {"choices": self._options(one), "multiple": question.type is Kind.MULTIPLE, "pictures": pictures}
        return self._points(question)

    def _points(self, question: Question) -> dict[str, Any]:
        """A scale, or yes and no."""
        values = list(values_of(question))
        if not values or question.type is Kind.CONSENT:
            return {}
        chosen = self._values(question.code)
        display = str(question.display) if question.display in (Display.STARS, Display.FACES) else ""
        choices = [
            ChoiceView(
                value,
                _spoken(question, value),
                f"{question.code}-{value}",
                question.code,
                value in chosen,
                mouth=_mouth(display, n, len(values)),
                base=_base(n, len(values)),
            )
            for n, value in enumerate(values)
        ]
        scale = "yn" if question.type is Kind.YES_NO else f"{display} p{len(values)}" if display else "nps" if len(values) == 11 else ""
        return {"choices": choices, "scale": scale, "low_end": values[0], "high_end": values[-1]}

    def _options(self, one: Possible) -> list[ChoiceView]:
        question = one.question
        chosen = self._values(question.code)
        other = question.code + OTHER_SUFFIX
        other_text = (self._values(other) or [""])[0]
        return [
            ChoiceView(
                option.code,
                self._words(option.text),
                f"{question.code}-{option.code}",
                question.code,
                option.code in chosen,
                option.exclusive,
                option.other,
                other,
                other_text,
                f"/media/{option.image}" if option.image else "",
                reveal=self._spell(one.parts.get(option.code)),
            )
            for option in question.options
        ]

    def _lines(self, one: Possible) -> dict[str, Any]:
        """Options with a field of their own each: a rank, or a share."""
        question = one.question
        lines = []
        for option in question.options:
            name = question.code + JOINT + option.code
            typed = (self._values(name) or [""])[0]
            reveal = self._spell(one.parts.get(option.code))
            lines.append(
                ChoiceView(option.code, self._words(option.text), f"{question.code}-{option.code}", name, typed=typed, reveal=reveal)
            )
        total = f"{question.total:g}" if question.total is not None else ""
        return {"choices": lines, "total": total, "mode": "decimal" if question.decimals else "numeric"}

    def _matrix(self, one: Possible) -> dict[str, Any]:
        question = one.question
        ends = [str(point) for point in question.points] or [""]
        rows = [self._row(question, row, one) for row in question.rows]
        return {"rows": rows, "multiple": question.type is Kind.MATRIX_MULTIPLE, "low_end": ends[0], "high_end": ends[-1]}

    def _row(self, question: Question, row: Row, one: Possible) -> RowView:
        name = question.code + JOINT + row.code
        chosen = self._values(name)
        named = {str(point): str(point) for point in question.points} or {
            option.code: self._words(option.text) for option in question.options
        }
        exclusive = {option.code for option in question.options if option.exclusive}
        choices = [ChoiceView(value, text, f"{name}-{value}", name, value in chosen, value in exclusive) for value, text in named.items()]
        reveal = self._spell(one.parts.get(row.code))
        return RowView(self._words(row.text), choices, bool(question.points), f"o-{name}" if reveal else "", reveal)


def _spoken(question: Question, value: str) -> str:
    if question.type is Kind.YES_NO:
        return _("Yes") if value == "yes" else _("No")
    return value


def _bend(n: int, count: int) -> float:
    return round((n / (count - 1) * 2 - 1) * 5, 1)


def _mouth(display: str, n: int, count: int) -> str:
    """The mouth of a face: from a bow down to a bow up."""
    return f"{_bend(n, count):g}" if display == Display.FACES else ""


def _base(n: int, count: int) -> str:
    """How high the corners of the mouth stand, so that it stays in the middle."""
    return f"{16 - _bend(n, count) / 2:g}"


def _hint(question: Question) -> str:
    """How many are wanted, or in which form; said before anybody gets it wrong."""
    least, most = int(question.min or 0), int(question.max or 0)
    if question.type is Kind.MULTIPLE:
        if least > 1 and most:
            return _("Choose %(min)s to %(max)s.", min=least, max=most)
        return _("Choose at least %(min)s.", min=least) if least > 1 else _("Choose at most %(max)s.", max=most) if most else ""
    if question.type is Kind.RANKING:
        return _("Give 1 to what matters most to you, 2 to the next, and so on.")
    if question.type is Kind.CONSTANT_SUM and question.total is not None:
        return _("Share out %(total)s altogether.", total=f"{question.total:g}")
    if question.type is Kind.SLIDER:
        low, high = question.min if question.min is not None else 0, question.max if question.max is not None else 100
        return _("A number from %(min)s to %(max)s.", min=f"{low:g}", max=f"{high:g}")
    if question.type is Kind.DATE:
        return _("For example 2026-06-01.")
    return _("For example 14:30.") if question.type is Kind.TIME else ""
