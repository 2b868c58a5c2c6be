"""The form of one question, languages side by side: fill it from a question, read it back into one.

Its rows depend on the question's type, languages and options, so it is a table of names rather than a WTForms class.
Nothing typed is lost: what can't be read comes back with the code of what is wrong, beside its field.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from questionnaires.logic.definition import CHOICES, MOST_OPTIONS, SCALES, TEXTS, Question, QuestionType
from questionnaires.logic.scoring import SCORED
from questionnaires.logic.validate import tidy

SPARE_ROWS = 3
LONGEST = {"text": 500, "help": 500, "low": 60, "high": 60, "option": 200}
PARTS = {"text": "text", "help": "help", "low": "low_label", "high": "high_label"}
NUMBERS = ("min", "max", "decimals", "max_length")

Values = dict[str, str]


@dataclass(frozen=True)
class QuestionForm:
    """Field values by name, and the codes of what is wrong with them."""

    type: QuestionType
    languages: tuple[str, ...]
    values: Values
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[str, ...]:
        """The texts that a question of this type has."""
        return ("text", "help", "low", "high") if self.type in SCALES else ("text", "help")

    @property
    def has_options(self) -> bool:
        """Whether it is a choice."""
        return self.type in CHOICES

    @property
    def many(self) -> bool:
        """Whether several options may be chosen."""
        return self.type is QuestionType.MULTIPLE

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers that a question of this type has."""
        if self.type in TEXTS:
            return ("max_length",)
        return {QuestionType.MULTIPLE: ("min", "max"), QuestionType.NUMBER: NUMBERS[:3]}.get(self.type, ())

    @property
    def answerable(self) -> bool:
        """Whether it takes an answer."""
        return self.type is not QuestionType.STATEMENT

    @property
    def scored(self) -> bool:
        """Whether it can feed an indicator."""
        return self.type in SCORED

    @property
    def rows(self) -> range:
        """The option rows to draw: those with words, and a few more."""
        used = [int(name.split("-")[1]) for name, value in self.values.items() if name.startswith("option-") and value]
        return range(min(max(used, default=-1) + 1 + SPARE_ROWS, MOST_OPTIONS))


def filled(question: Question, languages: Sequence[str]) -> QuestionForm:
    """The form of a question as it is."""
    values: Values = {"indicator": question.indicator or "", "required": "1" if question.required else ""}
    for name, part in PARTS.items():
        values |= {f"{name}-{language}": getattr(question, part).get(language, "") for language in languages}
    for name in NUMBERS:
        number = getattr(question, name)
        values[name] = "" if number is None or (name == "decimals" and not number) else f"{number:g}"
    for row, option in enumerate(question.options):
        values |= {f"option-{row}-text-{language}": option.text.get(language, "") for language in languages}
        values |= {
            f"option-{row}-code": option.code,
            f"option-{row}-exclusive": "1" if option.exclusive else "",
            f"option-{row}-other": "1" if option.other else "",
            f"option-{row}-score": "" if option.score is None else f"{option.score:g}",
        }
    return QuestionForm(question.type, tuple(languages), values)


def read(form: Mapping[str, str], question: Question, languages: Sequence[str]) -> tuple[Question | None, QuestionForm]:
    """The question with what was typed; None where something can't be read, the form then says what.

    Texts of languages that the form does not show are kept.
    """
    values = {name: tidy(value)[:20_000] for name, value in form.items()}
    errors: dict[str, str] = {}
    raw = question.model_dump(mode="json")
    shape = QuestionForm(question.type, tuple(languages), values)
    for name in shape.parts:
        raw[PARTS[name]] = _texts(raw[PARTS[name]], f"{name}-", LONGEST[name], shape, errors)
    for name in shape.numbers:
        raw[name] = _number(values, name, errors, whole=question.type is not QuestionType.NUMBER or name == "decimals")
    raw["decimals"] = raw["decimals"] or 0
    raw["required"] = bool(values.get("required")) and shape.answerable
    raw["indicator"] = (values.get("indicator") or None) if shape.scored else None
    if shape.has_options:
        raw["options"] = _options(question, shape, errors)
    if errors:
        return None, QuestionForm(question.type, tuple(languages), values, errors)
    try:
        return Question.model_validate(raw), shape
    except ValidationError as error:
        found = {_field(one["loc"]): _code(one["type"]) for one in error.errors()}
        return None, QuestionForm(question.type, tuple(languages), values, found)


def _texts(before: Mapping[str, str], prefix: str, longest: int, shape: QuestionForm, errors: dict[str, str]) -> dict[str, str]:
    texts = {language: words for language, words in before.items() if language not in shape.languages}
    for language in shape.languages:
        words = shape.values.get(prefix + language, "")
        if len(words) > longest:
            errors[prefix + language] = "text_too_long_here"
        if words:
            texts[language] = words
    return texts


def _number(values: Values, name: str, errors: dict[str, str], *, whole: bool) -> float | None:
    text = values.get(name, "")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) < 1e12 or (whole and not number.is_integer()):
        errors[name] = "not_a_number"
        return None
    return number


def _options(question: Question, shape: QuestionForm, errors: dict[str, str]) -> list[dict[str, Any]]:
    """Rows with words become options, in order; a row keeps its code, a new one gets one that is free."""
    before = {option.code: option for option in question.options}
    rows = sorted({int(name.split("-")[1]) for name in shape.values if name.startswith("option-") and name.split("-")[1].isdigit()})
    taken = {shape.values.get(f"option-{row}-code", "") for row in rows}
    made: list[dict[str, Any]] = []
    for row in rows[:MOST_OPTIONS]:
        code = shape.values.get(f"option-{row}-code", "")
        kept = before[code].text if code in before else {}
        texts = _texts(kept, f"option-{row}-text-", LONGEST["option"], shape, errors)
        if not any(shape.values.get(f"option-{row}-text-{language}") for language in shape.languages):
            continue
        if not code:
            code = next(name for number in range(1, 2 * MOST_OPTIONS) if (name := f"o{number}") not in taken)
            taken.add(code)
        made.append({
            "code": code,
            "text": texts,
            "exclusive": bool(shape.values.get(f"option-{row}-exclusive")) and shape.many,
            "other": bool(shape.values.get(f"option-{row}-other")),
            "score": _number(shape.values, f"option-{row}-score", errors, whole=False),
        })  # fmt: skip
    return made


def _field(place: tuple[int | str, ...]) -> str:
    if place and place[0] == "options" and len(place) > 1:
        return f"option-{place[1]}-{place[2] if len(place) > 2 else 'text'}"
    return str(place[0]) if place else "form"


def _code(kind: str) -> str:
    return "code_malformed" if kind == "string_pattern_mismatch" else "value_refused"
