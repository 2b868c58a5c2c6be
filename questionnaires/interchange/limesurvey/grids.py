"""LimeSurvey's grids that we have no single question for: two scales, texts or numbers in each cell."""

from questionnaires.interchange.carrying.files import whole_of
from questionnaires.interchange.carrying.form import Ask, Form, Part, Texts
from questionnaires.interchange.expressions.tree import Compare, Lit, Ref
from questionnaires.interchange.limesurvey.model import Question
from questionnaires.logic.definition import QuestionType

Q = QuestionType


def each_row(ask: Ask, question: Question, kind: QuestionType, ending: str, *, shown: bool = False) -> list[Ask]:
    """A question for each sub-question. `shown`: only where the sub-question is ticked; then it is a comment to it."""
    made: list[Ask] = []
    sgqa = next(iter(ask.names))
    for row in question.rows():
        name = "_".join(one for one in (ask.name, row.code, ending) if one)
        text = joined(ask.text, row.text)
        one = Ask(
            name,
            kind,
            text,
            dict(ask.help) if not made and not shown else {},
            where=f"{ask.name} · {row.code}",
            first=not made and not shown,
        )
        one.required = ask.required and not shown
        one.names = {f"{sgqa}{row.code}{ending}": ("", ""), f"{ask.name}_{row.code}{ending}": ("", "")}
        if not ending:
            one.names[f"that.{ask.name}_{row.code}"] = ("", "")
        if kind in (Q.SHORT_TEXT, Q.LONG_TEXT):
            one.max_length = whole_of(question.has("maximum_chars"))
        one.parts = (row.code,)
        if shown:
            one.show_if = Compare("contains", Ref(ask.name), Lit(row.code))
        made.append(one)
    return made


def dual_scale(question: Question, ask: Ask) -> list[Ask]:
    """A matrix for each of the two scales."""
    made: list[Ask] = []
    for place, header in (("0", "dualscale_headerA"), ("1", "dualscale_headerB")):
        options = [Part(one.code, dict(one.text)) for one in question.options(place)]
        if not options:
            continue
        said = question.attributes.get(header, {})
        heading = {language: said.get(language) or said.get("", "") for language in ask.text}
        name = ask.name if not made else f"{ask.name}_scale_{int(place) + 1}"
        one = Ask(name, Q.MATRIX_SINGLE, joined(ask.text, heading), dict(ask.help) if not made else {}, where=ask.place, first=not made)
        one.options, one.rows, one.required = options, [Part(row.name, dict(row.text)) for row in ask.rows], ask.required
        sgqa = next(iter(ask.names))
        one.names = {**(ask.names if not made else {})}
        for row in one.rows:
            one.names |= {f"{ask.name}_{row.name}_{place}": ("row", row.name), f"{sgqa}{row.name}#{place}": ("row", row.name)}
        made.append(one)
    return made


def cells(form: Form, question: Question, ask: Ask) -> list[Ask]:
    """A grid of numbers or texts: tick boxes are one matrix, few points a rating for each column, else a question for each cell."""
    columns = [Part(one.code, dict(one.text)) for one in question.rows("1")]
    if question.letter == ":" and question.on("multiflexible_checkbox"):
        ask.type, ask.options = Q.MATRIX_MULTIPLE, columns
        form.counts.options += len(columns)
        return [ask]
    form.make_cells(len(ask.rows), len(columns))
    low = whole_of(question.has("multiflexible_min"))
    high = whole_of(question.has("multiflexible_max"))
    low, high = 1 if low is None else low, 10 if high is None else high
    step = whole_of(question.has("multiflexible_step")) or 1
    if question.letter == ":" and low in (0, 1) and 2 <= high <= 10 and step == 1 and not question.on("input_boxes"):
        return [_rated(ask, column, number, (low, high)) for number, column in enumerate(columns)]
    kind = Q.NUMBER if question.letter == ":" or question.on("numbers_only") else Q.SHORT_TEXT
    return [
        _cell(ask, row, column, kind, question, first=not (row_number or column_number))
        for row_number, row in enumerate(ask.rows) for column_number, column in enumerate(columns)
    ]  # fmt: skip


def _rated(ask: Ask, column: Part, number: int, points: tuple[int, int]) -> Ask:
    one = Ask(
        f"{ask.name}_{column.name}", Q.MATRIX_RATING, joined(ask.text, column.text), where=f"{ask.name} · {column.name}", first=number == 0
    )
    one.help, one.parts = dict(ask.help) if number == 0 else {}, (column.name,)
    one.rows, one.points, one.required = [Part(row.name, dict(row.text)) for row in ask.rows], points, ask.required
    sgqa = next(iter(ask.names))
    for row in one.rows:
        one.names |= {f"{ask.name}_{row.name}_{column.name}": ("row", row.name), f"{sgqa}{row.name}_{column.name}": ("row", row.name)}
    return one


def _cell(ask: Ask, row: Part, column: Part, kind: QuestionType, question: Question, *, first: bool) -> Ask:
    name = f"{ask.name}_{row.name}_{column.name}"
    one = Ask(name, kind, joined(joined(ask.text, row.text), column.text), where=f"{ask.name} · {row.name} · {column.name}", first=first)
    one.help = dict(ask.help) if first else {}
    one.names = {f"{next(iter(ask.names))}{row.name}_{column.name}": ("", ""), f"that.{name}": ("", "")}
    one.required, one.parts = ask.required, (row.name, column.name)
    if kind is Q.NUMBER:
        one.decimals = 4
    else:
        one.max_length = whole_of(question.has("maximum_chars"))
    return one


def joined(before: Texts, after: Texts) -> Texts:
    """Both in each language; without markup between them."""
    found: Texts = {}
    for language in dict.fromkeys((*before, *after)):
        found[language] = " – ".join(one for one in (before.get(language, "").strip(), after.get(language, "").strip()) if one)
    return found
