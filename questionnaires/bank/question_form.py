"""The form of one question of any type, languages side by side: fill it from a question, read it back into one.

Its rows depend on the question's type, languages and options, so it is a table of names rather than a WTForms class.
Nothing typed is lost: what can't be read comes back with the code of what is wrong, beside its field. What the form does
not show (conditions, rules, carried options, pictures) stays as it was.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from questionnaires.bank import form_shape, nodes
from questionnaires.bank.form_shape import LONGEST, MOST, NUMBERS, PARTS, SPARE_ROWS, TICKS
from questionnaires.logic.definition import Display, Option, Question, QuestionType, Row
from questionnaires.logic.scoring import SCORED
from questionnaires.logic.validate import tidy

Values = dict[str, str]


@dataclass(frozen=True)
class QuestionForm:
    """Field values by name, and the codes of what is wrong with them."""

    type: QuestionType
    languages: tuple[str, ...]
    values: Values
    errors: dict[str, str] = field(default_factory=dict)
    tree: nodes.Tree | None = None

    @property
    def filed(self) -> list[tuple[str, str]]:
        """The nodes that an option may be filed under, for a drop-down; empty for types whose options are no reasons."""
        kept = [value for name, value in self.values.items() if name.startswith("option-") and name.endswith("-node")]
        return nodes.choices(self.tree, *kept) if self.own_words else []

    @property
    def parts(self) -> tuple[str, ...]:
        """The texts that a question of this type has."""
        return form_shape.parts(self.type)

    @property
    def has_options(self) -> bool:
        """Whether it has options, or columns."""
        return self.type in form_shape.WITH_OPTIONS

    @property
    def has_rows(self) -> bool:
        """Whether it is a matrix."""
        return self.type in form_shape.MATRICES

    @property
    def own_words(self) -> bool:
        """Whether an option may ask for own words."""
        return self.type in form_shape.CHOICES

    @property
    def many(self) -> bool:
        """Whether several options may be chosen."""
        return self.type in (QuestionType.MULTIPLE, QuestionType.MATRIX_MULTIPLE)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers that a question of this type has."""
        return form_shape.numbers(self.type)

    @property
    def displays(self) -> tuple[Display, ...]:
        """The ways in which it may be drawn; empty where there is only one."""
        return form_shape.displays(self.type)

    @property
    def shuffles(self) -> bool:
        """Whether the order of its options or rows may be mixed."""
        return self.has_options or self.has_rows

    @property
    def answerable(self) -> bool:
        """Whether it takes an answer of the person's."""
        return self.type not in form_shape.SILENT

    @property
    def hidden(self) -> bool:
        """Whether it is filled from elsewhere."""
        return self.type is QuestionType.HIDDEN

    @property
    def scored(self) -> bool:
        """Whether it can feed an indicator."""
        return self.type in SCORED

    @property
    def rows(self) -> range:
        """The option rows to draw: those with words, and a few more."""
        return self.lines("option")

    def lines(self, kind: str) -> range:
        """The lines of one kind to draw."""
        used = [int(name.split("-")[1]) for name, value in self.values.items() if name.startswith(f"{kind}-") and value]
        return range(min(max(used, default=-1) + 1 + SPARE_ROWS, MOST[kind]))


def filled(question: Question, languages: Sequence[str], tree: nodes.Tree | None = None) -> QuestionForm:
    """The form of a question as it is."""
    values: Values = {
        "indicator": question.indicator or "",
        "display": question.display.value,
        "source": question.source,
        "question_tags": ", ".join(question.tags),
        **{name: "1" if getattr(question, name) else "" for name in ("required", *TICKS)},
    }
    for name, part in PARTS.items():
        values |= {f"{name}-{language}": getattr(question, part).get(language, "") for language in languages}
    for name in NUMBERS:
        number = getattr(question, name)
        values[name] = "" if number is None or (name == "decimals" and not number) else f"{number:g}"
    lines: dict[str, Sequence[Option | Row]] = {"option": question.options, "row": question.rows}
    for kind, members in lines.items():
        for line, one in enumerate(members):
            values |= {f"{kind}-{line}-text-{language}": one.text.get(language, "") for language in languages}
            values |= {f"{kind}-{line}-{name}": _typed(getattr(one, name)) for name in ("code", *form_shape.MEMBER[kind])}
    return QuestionForm(question.type, tuple(languages), values, tree=tree)


def read(
    form: Mapping[str, str], question: Question, languages: Sequence[str], tree: nodes.Tree | None = None
) -> tuple[Question | None, QuestionForm]:
    """The question with what was typed; None where something can't be read, the form then says what.

    Texts of languages that the form does not show are kept.
    """
    values = {name: tidy(value)[:20_000] for name, value in form.items()}
    errors: dict[str, str] = {}
    raw = question.model_dump(mode="json")
    shape = QuestionForm(question.type, tuple(languages), values, tree=tree)
    for name in shape.parts:
        raw[PARTS[name]] = _texts(raw[PARTS[name]], f"{name}-", form_shape.longest(question.type, name), shape, errors)
    _settings(raw, shape, errors)
    if shape.has_options:
        raw["options"] = _members("option", raw["options"], shape, errors)
    if shape.has_rows:
        raw["rows"] = _members("row", raw["rows"], shape, errors)
    if errors:
        return None, replace(shape, errors=errors)
    try:
        return Question.model_validate(raw), shape
    except ValidationError as error:
        found = {_field(one["loc"]): _code(one["type"]) for one in error.errors()}
        return None, replace(shape, errors=found)


def _settings(raw: dict[str, Any], shape: QuestionForm, errors: dict[str, str]) -> None:
    """Numbers, ticks and single fields."""
    values = shape.values
    for name in shape.numbers:
        number = _number(values, name, errors, whole=form_shape.whole(shape.type, name))
        if number is not None or name not in form_shape.ALWAYS:
            raw[name] = number
    raw["decimals"] = raw["decimals"] or 0
    raw["required"] = bool(values.get("required")) and shape.answerable
    raw["indicator"] = (values.get("indicator") or None) if shape.scored else None
    if shape.displays and "display" in values:
        raw["display"] = values["display"] or Display.AUTO.value
    if shape.shuffles:
        raw["shuffle"] = bool(values.get("shuffle"))
    raw["long_only"] = bool(values.get("long_only"))
    if shape.hidden:
        raw["source"] = values.get("source", "")
    if "question_tags" in values:
        words = values["question_tags"].replace("，", ",").replace("、", ",").split(",")
        raw["tags"] = list(dict.fromkeys(word.strip()[:30] for word in words if word.strip()))


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
    return int(number) if whole else number


def _members(kind: str, before: Sequence[Mapping[str, Any]], shape: QuestionForm, errors: dict[str, str]) -> list[dict[str, Any]]:
    """Lines with words become options or rows, in order; a line keeps its code, a new one gets one that is free."""
    known = {one["code"]: one for one in before}
    lines = sorted({int(name.split("-")[1]) for name in shape.values if name.startswith(f"{kind}-") and name.split("-")[1].isdigit()})
    taken = {shape.values.get(f"{kind}-{line}-code", "") for line in lines}
    made: list[dict[str, Any]] = []
    for line in lines[: MOST[kind]]:
        code, at = shape.values.get(f"{kind}-{line}-code", ""), f"{kind}-{line}-"
        kept = known.get(code, {})
        texts = _texts(kept.get("text", {}), f"{at}text-", LONGEST[kind], shape, errors)
        if not any(shape.values.get(f"{at}text-{language}") for language in shape.languages):
            continue
        if not code:
            code = next(name for number in range(1, 2 * MOST[kind]) if (name := f"{kind[0]}{number}") not in taken)
            taken.add(code)
        made.append({**kept, "code": code, "text": texts, **_member(kind, at, shape, errors)})
        filed = made[-1].get("node")
        if filed != kept.get("node") and (refused := nodes.wrong(shape.tree, filed or "")):
            errors[f"{at}node"] = refused
    return made


def _member(kind: str, at: str, shape: QuestionForm, errors: dict[str, str]) -> dict[str, Any]:
    """What stands beside an option's or row's words; only what the form draws for this type."""
    values = shape.values
    drawn: dict[str, Callable[[], Any]] = {"fixed": lambda: bool(values.get(f"{at}fixed"))}
    if kind == "row":
        drawn["indicator"] = lambda: values.get(f"{at}indicator") or None
        return {name: value() for name, value in drawn.items() if name == "fixed" or shape.type is QuestionType.MATRIX_RATING}
    drawn["exclusive"] = lambda: bool(values.get(f"{at}exclusive")) and shape.many
    drawn["other"] = lambda: bool(values.get(f"{at}other")) and shape.own_words
    if shape.filed:
        drawn["node"] = lambda: values.get(f"{at}node") or None
    drawn["score"] = lambda: _number(values, f"{at}score", errors, whole=False)
    return {name: value() for name, value in drawn.items()}


def _typed(value: object) -> str:
    if value is None or value is False:
        return ""
    return "1" if value is True else f"{value:g}" if isinstance(value, int | float) else str(value)


def _field(place: tuple[int | str, ...]) -> str:
    kinds = {"options": "option", "rows": "row"}
    if place and place[0] in kinds and len(place) > 1:
        return f"{kinds[str(place[0])]}-{place[1]}-{place[2] if len(place) > 2 else 'text'}"
    return str(place[0]) if place else "form"


def _code(kind: str) -> str:
    return "code_malformed" if kind == "string_pattern_mismatch" else "value_refused"
