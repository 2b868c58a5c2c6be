"""Tables and lists of fields of SurveyJS: a question of ours for each column, or for each field."""

from typing import Any

from questionnaires.interchange.carrying.files import number_of, objects_in, string_of, whole_of
from questionnaires.interchange.carrying.form import Ask, Form, Part, Texts
from questionnaires.interchange.surveyjs.checks import validators
from questionnaires.interchange.surveyjs.parts import parts, words
from questionnaires.logic.definition import QuestionType

Json = dict[str, Any]
Q = QuestionType
MOST_POINTS = 10
WRITTEN = frozenset({"text", "comment", "default", "dropdown", "radiogroup", "checkbox", "tagbox"})
"""Cells that somebody writes in; those of choices without choices among them."""
CONDITIONS = {"visibleIf": "filter_of_unknown", "enableIf": "enabled_if", "requiredIf": "required_if"}
OF_FIELD = frozenset(
    {
        *("name", "title", "inputType", "isRequired", "requiredErrorText", "validators", "maxLength", "min", "max", "cellType", "choices"),
        *("defaultValue", *CONDITIONS),
    }
)
INPUTS = {"number": Q.NUMBER, "email": Q.EMAIL, "tel": Q.PHONE, "date": Q.DATE, "time": Q.TIME}


def multiple_text(form: Form, element: Json, ask: Ask, default: str) -> list[Ask]:
    """A question for each field."""
    made: list[Ask] = []
    for item in objects_in(element.get("items")):
        name = string_of(item.get("name")) or f"item{len(made) + 1}"
        kind = INPUTS.get(string_of(item.get("inputType")), Q.SHORT_TEXT)
        text = _joined(ask.text, words(item.get("title"), default) or {default: name})
        one = Ask(f"{ask.name}_{name}", kind, text, ask.help if not made else {}, where=f"{ask.name} · {name}", first=not made)
        one.required = ask.required or item.get("isRequired") is True
        one.names[f"{ask.name}.{name}"] = ("", "")
        _details(form, item, one, default)
        made.append(one)
    if not made:
        form.notes.lost("nothing_to_answer", "multipletext", ask.name)
    elif len(made) > 1:
        form.notes.changed("became_several", "multipletext", ask.name, len(made))
    return made


def matrix_dropdown(form: Form, element: Json, ask: Ask, default: str) -> list[Ask]:
    """A matrix for each column of choices; for a column of texts a question for each row. Rows to be added are asked once."""
    rows = parts(form, element.get("rows"), default, ask.name)
    kind = string_of(element.get("type")).lower()
    if kind == "matrixdynamic" or not rows:
        form.notes.lost("repeat", kind, ask.name)
        rows = [Part("1", {default: "1"})]
    shared = parts(form, element.get("choices"), default, ask.name)
    made: list[Ask] = []
    for column in objects_in(element.get("columns")):
        name = string_of(column.get("name")) or f"column{len(made) + 1}"
        made += _column(
            form, ask, column, name, string_of(column.get("cellType") or element.get("cellType") or "dropdown"), rows, shared, default
        )
    for number, one in enumerate(made):
        one.first = number == 0
        one.help = ask.help if number == 0 else {}
    if not made:
        form.notes.lost("nothing_to_answer", kind, ask.name)
    elif len(made) > 1:
        form.notes.changed("became_several", kind, ask.name, len(made))
    return made


def _column(form: Form, ask: Ask, column: Json, name: str, cell: str, rows: list[Part], shared: list[Part], default: str) -> list[Ask]:
    title = words(column.get("title"), default) or {default: name}
    text = _joined(ask.text, title)
    choices = parts(form, column.get("choices"), default, f"{ask.name} · {name}") or shared
    form.make_cells(len(rows), 1)
    form.offer(len(choices))
    if cell in ("boolean",):
        choices = [Part("true", {default: "Yes"}, made=True), Part("false", {default: "No"}, made=True)]
    where = f"{ask.name} · {name}"
    for key, code in CONDITIONS.items():
        if column.get(key):
            form.lose_new(code, key, where, column[key])
    if cell in ("checkbox", "tagbox", "dropdown", "radiogroup", "boolean", "default") and choices:
        kind = Q.MATRIX_MULTIPLE if cell in ("checkbox", "tagbox") else Q.MATRIX_SINGLE
        form.counts.options += sum(not choice.made for choice in choices)
        one = Ask(f"{ask.name}_{name}", kind, text, where=where, required=column.get("isRequired") is True, options=choices, rows=rows)
        one.names = {f"{ask.name}.{row.name}.{name}": ("row", row.name) for row in rows}
        return [one]
    if cell == "rating":
        one = Ask(f"{ask.name}_{name}", Q.MATRIX_RATING, text, where=where, rows=rows, points=_points(form, column, where))
        one.required = column.get("isRequired") is True
        one.names = {f"{ask.name}.{row.name}.{name}": ("row", row.name) for row in rows}
        return [one]
    if cell in ("expression", "file"):
        form.notes.lost("computed", f"cellType {cell}", where)
        return []
    single = INPUTS.get(string_of(column.get("inputType")), Q.LONG_TEXT if cell == "comment" else Q.SHORT_TEXT)
    if cell not in WRITTEN:
        form.notes.changed("type_unknown", f"cellType {cell}", where, single.value)
    made = [
        Ask(f"{ask.name}_{row.name}_{name}", single, _joined(_joined(ask.text, row.text), title), where=f"{where} · {row.name}",
            names={f"{ask.name}.{row.name}.{name}": ("", "")}, required=column.get("isRequired") is True)
        for row in rows
    ]  # fmt: skip
    for one in made:
        _details(form, column, one, default)
    return made


def _points(form: Form, column: Json, where: str) -> tuple[int, int]:
    """The ends of a column of points."""
    low, high = whole_of(column.get("rateMin")), whole_of(column.get("rateMax"))
    low, high = 1 if low is None else low, whole_of(column.get("rateCount")) or 5 if high is None else high
    if 0 <= low <= 1 and low < high <= MOST_POINTS:
        return low, high
    form.notes.lost("bounds", "rateMin, rateMax", where, f"{low} {high}")
    return 1, 5


def _details(form: Form, raw: Json, one: Ask, default: str) -> None:
    """Bounds, checks and conditions of a field, or of a cell; what else stands there is told."""
    one.max_length = whole_of(raw.get("maxLength"))
    if one.type is Q.NUMBER:
        one.min, one.max = number_of(raw.get("min")), number_of(raw.get("max"))
    elif raw.get("min") is not None or raw.get("max") is not None:
        form.notes.lost("bounds", "min, max", one.where or one.name, f"{raw.get('min')} {raw.get('max')}")
    one.required_message = words(raw.get("requiredErrorText"), default)
    kind = string_of(raw.get("inputType"))
    if kind not in INPUTS and kind not in ("", "text"):
        form.notes.changed("type_unknown", f"inputType {kind}", one.where or one.name, one.type.value)
    if raw.get("defaultValue") is not None:
        form.notes.lost("default", "defaultValue", one.where or one.name, raw["defaultValue"])
    validators(form, raw, one, default)
    for key in raw:
        if key not in OF_FIELD:
            form.notes.look(key, one.where or one.name)


def _joined(before: Texts, after: Texts) -> Texts:
    """Both, in each language of either."""
    if before == after:
        return dict(before)
    return {
        language: " – ".join(dict.fromkeys(one for one in (before.get(language, ""), after.get(language, "")) if one))
        for language in dict.fromkeys((*before, *after))
    }
