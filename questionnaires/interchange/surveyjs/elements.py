"""One element of SurveyJS as questions of ours: most become one, tables and lists of fields several."""

from collections.abc import Callable, Mapping
from typing import Any

from questionnaires.interchange.carrying.files import number_of, string_of, whole_of
from questionnaires.interchange.carrying.form import Ask, Filter, Form
from questionnaires.interchange.carrying.scales import ends, scale
from questionnaires.interchange.surveyjs.checks import validators
from questionnaires.interchange.surveyjs.parts import parts, repeats, special_parts, words
from questionnaires.interchange.surveyjs.tables import matrix_dropdown, multiple_text
from questionnaires.logic.definition import Display, QuestionType

Json = dict[str, Any]
Q = QuestionType
OF_EVERY = frozenset(
    {
        *("type", "name", "title", "description", "isRequired", "visible", "visibleIf", "requiredErrorText", "validators", "valueName"),
        *(
            "html",
            "body",
            "choices",
            "choicesOrder",
            "rows",
            "columns",
            "rateMin",
            "rateMax",
            "rateStep",
            "rateCount",
            "rateValues",
            "rateType",
        ),
        *("minRateDescription", "maxRateDescription", "showNoneItem", "hasNone", "showOtherItem", "hasOther", "otherText", "noneText"),
        *("showRefuseItem", "showDontKnowItem", "refuseText", "dontKnowText", "inputType", "min", "max", "step", "maxLength", "labelTrue"),
        *(
            "labelFalse",
            "valueTrue",
            "valueFalse",
            "multiSelect",
            "cellType",
            "isAllRowRequired",
            "eachRowRequired",
            "rowsOrder",
            "items",
            "choicesFromQuestion",
        ),
        *(
            "choicesFromQuestionMode",
            "choicesVisibleIf",
            "rowsVisibleIf",
            "minSelectedChoices",
            "maxSelectedChoices",
            "acceptedTypes",
            "allowMultiple",
        ),
        *(
            "maxFiles",
            "sliderType",
            "renderAs",
            "displayMode",
            "rateDisplayMode",
            "commentText",
            "showCommentArea",
            "hasComment",
            "maskType",
            "maskSettings",
            "elements",
            "questions",
        ),
    }
)
LOST = {
    "defaultValue": "default",
    "defaultValueExpression": "default",
    "correctAnswer": "default",
    "choicesByUrl": "choices_elsewhere",
    "setValueIf": "computed",
    "setValueExpression": "computed",
    "resetValueIf": "computed",
    "columnsVisibleIf": "filter_of_unknown",
    "maxSize": "validation",
    "detailElements": "inner_questions",
}
CONDITIONS = {"enableIf": "enabled_if", "requiredIf": "required_if", "choicesEnableIf": "enabled_if", "rowsEnableIf": "enabled_if"}
INPUTS: Mapping[str, QuestionType] = {
    "email": Q.EMAIL,
    "tel": Q.PHONE,
    "number": Q.NUMBER,
    "range": Q.SLIDER,
    "date": Q.DATE,
    "time": Q.TIME,
    "text": Q.SHORT_TEXT,
    "": Q.SHORT_TEXT,
    "url": Q.SHORT_TEXT,
    "password": Q.SHORT_TEXT,
    "color": Q.SHORT_TEXT,
    "month": Q.SHORT_TEXT,
    "week": Q.SHORT_TEXT,
}
WORDS_ONLY = frozenset({"html", "infotext", "helptext", "info", "note", "paragraph", "heading", "label"})
DISPLAYS = {"stars": Display.STARS, "smileys": Display.FACES}


def asks_of(form: Form, element: Json, name: str, kind: str, default: str) -> list[Ask]:
    """The questions of an element; none where it is nothing that we have, which is told of."""
    for key, value in element.items():
        if key in LOST:
            form.notes.lost(LOST[key], key, name, value)
        elif key in CONDITIONS:
            form.lose_new(CONDITIONS[key], key, name, value)
        elif key not in OF_EVERY:
            form.notes.look(key, name)
    ask = Ask(name, Q.SHORT_TEXT, words(element.get("title"), default) or {default: name}, words(element.get("description"), default))
    ask.required = element.get("isRequired") is True
    ask.required_message = words(element.get("requiredErrorText"), default)
    value_name = element.get("valueName")
    if isinstance(value_name, str) and value_name:
        ask.names[value_name] = ("", "")
    made = MAKERS.get(kind, _unknown)(form, element, ask, default)
    for one in made:
        validators(form, element, one, default)
    return made


def _choice(form: Form, element: Json, ask: Ask, default: str) -> list[Ask]:
    kind = string_of(element.get("type")).lower()
    several = kind in ("checkbox", "tagbox") or (kind == "imagepicker" and element.get("multiSelect") is True)
    ask.type = Q.RANKING if kind == "ranking" else Q.MULTIPLE if several else Q.SINGLE
    ask.options = parts(form, element.get("choices"), default, ask.name)
    if kind not in ("ranking", "imagepicker"):
        ask.options += special_parts(element, default)
    form.counts.options += len(ask.options)
    if kind in ("dropdown",):
        ask.display = Display.DROPDOWN
    ask.shuffle = element.get("choicesOrder") == "random"
    if element.get("choicesOrder") in ("asc", "desc"):
        form.notes.look("choicesOrder", ask.name)
    ask.min, ask.max = number_of(element.get("minSelectedChoices")), number_of(element.get("maxSelectedChoices"))
    ask.names[f"{ask.name}-Comment"] = ("other", "")
    if element.get("showCommentArea") is True or element.get("hasComment") is True:
        form.notes.lost("comment_beside", "showCommentArea", ask.name)
    _carried(form, element, ask, "choices")
    return [ask]


def _carried(form: Form, element: Json, ask: Ask, key: str) -> None:
    """Choices by an earlier answer: copied from it, or each held against it."""
    source = element.get("choicesFromQuestion") if key == "choices" else None
    rule = element.get(f"{key}VisibleIf")
    if isinstance(source, str) and source:
        number = form.count()
        mode = element.get("choicesFromQuestionMode", "all")
        if mode not in ("selected", "unselected"):
            form.lose(number, "choices_elsewhere", "choicesFromQuestion", ask.name, source)
        else:
            ask.carry = Filter(source, mode == "selected", number)
    elif isinstance(rule, str) and rule.strip():
        number = form.count()
        folded = " ".join(rule.split())
        for sign, chosen in (("contains {item}", True), ("notcontains {item}", False)):
            if folded.startswith("{") and folded.endswith("} " + sign):
                ask.carry = Filter(folded[1 : -len(sign) - 2], chosen, number)
                return
        form.lose(number, "filter_of_unknown", f"{key}VisibleIf", ask.name, rule)


def _rating(form: Form, element: Json, ask: Ask, default: str) -> list[Ask]:
    ask.low_label, ask.high_label = words(element.get("minRateDescription"), default), words(element.get("maxRateDescription"), default)
    ask.display = DISPLAYS.get(string_of(element.get("rateType") or element.get("rateDisplayMode")), Display.AUTO)
    if isinstance(element.get("rateValues"), list) and element["rateValues"]:
        ask.type, ask.options = Q.SINGLE, parts(form, element["rateValues"], default, ask.name)
        form.counts.options += len(ask.options)
        for one in ask.options:
            one.score = one.score if one.score is not None else number_of(one.name)
    else:
        low, step = whole_of(element.get("rateMin")), max(1, whole_of(element.get("rateStep")) or 1)
        low = 1 if low is None else low
        count = whole_of(element.get("rateCount"))
        high = whole_of(element.get("rateMax"))
        high = high if high is not None else low + (count - 1) * step if count else 5
        scale(ask, low, high, step)
    if ask.type is Q.SINGLE:
        ends(ask)
    return [ask]


def _text(form: Form, element: Json, ask: Ask, default: str) -> list[Ask]:
    del default
    wanted = string_of(element.get("inputType")).lower()
    ask.type = INPUTS.get(wanted, Q.SHORT_TEXT)
    if wanted not in INPUTS:
        form.notes.changed("type_unknown", f"inputType {wanted}", ask.name, ask.type.value)
    ask.max_length = whole_of(element.get("maxLength"))
    _masked(form, element, ask)
    if wanted in ("number", "range"):
        ask.min, ask.max = number_of(element.get("min")), number_of(element.get("max"))
        step = number_of(element.get("step"))
        ask.decimals = _decimals(step)
        ask.step = step if ask.type is Q.SLIDER and step else None
    elif element.get("min") is not None or element.get("max") is not None:
        form.notes.lost("bounds", "min, max", ask.name, f"{element.get('min')} {element.get('max')}")
    return [ask]


def _masked(form: Form, element: Json, ask: Ask) -> None:
    """An input mask: one for numbers asks for a number, another pattern is told of."""
    kind, raw = string_of(element.get("maskType")).lower(), element.get("maskSettings")
    settings: Json = raw if isinstance(raw, dict) else {}
    if kind in ("numeric", "currency") and ask.type is Q.SHORT_TEXT:
        places = whole_of(settings.get("precision"))
        ask.type, ask.decimals = Q.NUMBER, 2 if places is None else max(0, min(6, places))
        ask.min, ask.max = number_of(settings.get("min")), number_of(settings.get("max"))
    elif kind not in ("", "none"):
        form.notes.lost("validation", "maskType", ask.name, settings.get("pattern", kind))


def _decimals(step: float | None) -> int:
    if step is None or step <= 0 or step >= 1:
        return 0
    return next((places for places in range(1, 7) if round(step, places) == step), 6)


def _of_type(kind: QuestionType) -> Callable[[Form, Json, Ask, str], list[Ask]]:
    def make(form: Form, element: Json, ask: Ask, default: str) -> list[Ask]:
        del form, default
        ask.type, ask.max_length = kind, whole_of(element.get("maxLength"))
        return [ask]

    return make


def _slider(form: Form, element: Json, ask: Ask, default: str) -> list[Ask]:
    del default
    if element.get("sliderType") == "range":  # two values at once
        form.notes.changed("type_unknown", "sliderType range", ask.name, Q.SLIDER.value)
    ask.type, ask.min, ask.max = Q.SLIDER, number_of(element.get("min")), number_of(element.get("max"))
    ask.step = number_of(element.get("step"))
    return [ask]


def _flag(form: Form, element: Json, ask: Ask, default: str) -> list[Ask]:
    """Yes or no; a tick box that has to be ticked is a consent. Own labels are told of: ours says yes and no."""
    ask.type = Q.CONSENT if element.get("renderAs") == "checkbox" else Q.YES_NO
    for key, spelled in (("valueTrue", "yes"), ("valueFalse", "no")):
        value = element.get(key)
        if value is not None and not isinstance(value, dict | list):
            setattr(ask, spelled, getattr(ask, spelled) - {string_of(value).lower()} | {string_of(value).lower()})
    for key in ("labelTrue", "labelFalse"):
        if words(element.get(key), default):
            form.notes.lost("own_label", key, ask.name, string_of(element[key]))
    return [ask]


def _matrix(form: Form, element: Json, ask: Ask, default: str) -> list[Ask]:
    ask.type = Q.MATRIX_MULTIPLE if element.get("cellType") == "checkbox" else Q.MATRIX_SINGLE
    ask.options = parts(form, element.get("columns"), default, ask.name)
    ask.rows = parts(form, element.get("rows"), default, ask.name)
    form.counts.options += len(ask.options)
    ask.required = ask.required or element.get("isAllRowRequired") is True or element.get("eachRowRequired") is True
    ask.shuffle = element.get("rowsOrder") == "random"
    ask.names |= {f"{ask.name}.{row.name}": ("row", row.name) for row in ask.rows}
    _carried(form, element, ask, "rows")
    return [ask]


def _words_only(form: Form, element: Json, ask: Ask, default: str) -> list[Ask]:
    text = words(element.get("html"), default) or words(element.get("body"), default) or words(element.get("title"), default)
    if string_of(element.get("type")).lower() != "html":
        form.notes.changed("type_unknown", string_of(element.get("type")), ask.name, "statement")
    ask.type, ask.text, ask.required = Q.STATEMENT, text or {default: ask.name}, False
    return [ask]


def _file(form: Form, element: Json, ask: Ask, default: str) -> list[Ask]:
    del form, default
    ask.type = Q.PHOTO if string_of(element.get("acceptedTypes")).startswith("image") else Q.FILE
    ask.max = number_of(element.get("maxFiles")) or (5 if element.get("allowMultiple") is True else None)
    return [ask]


def _nothing(form: Form, element: Json, ask: Ask, default: str) -> list[Ask]:
    del default
    code = "computed" if element.get("type") == "expression" else "markup_media"
    if code == "computed" and repeats(form, ask.name, element.get("expression"), "expression"):
        return []
    form.notes.lost(code, string_of(element.get("type")), ask.name, element.get("expression", element.get("imageLink", "")))
    return []


def _unknown(form: Form, element: Json, ask: Ask, default: str) -> list[Ask]:
    kind = string_of(element.get("type"))
    if isinstance(element.get("choices"), list):
        made = _choice(form, element, ask, default)
    elif kind == "yesno":
        made = _flag(form, element, ask, default)
    else:
        made = [ask]
    form.notes.changed("type_unknown", kind or "?", ask.name, made[0].type.value)
    return made


MAKERS: Mapping[str, Callable[[Form, Json, Ask, str], list[Ask]]] = {
    **dict.fromkeys(("radiogroup", "dropdown", "checkbox", "tagbox", "imagepicker", "ranking", "buttongroup"), _choice),
    **dict.fromkeys(WORDS_ONLY, _words_only),
    **dict.fromkeys(("expression", "image"), _nothing),
    "text": _text,
    "comment": _of_type(Q.LONG_TEXT),
    "signaturepad": _of_type(Q.SIGNATURE),
    "rating": _rating,
    "slider": _slider,
    "boolean": _flag,
    "matrix": _matrix,
    "matrixdropdown": matrix_dropdown,
    "matrixdynamic": matrix_dropdown,
    "multipletext": multiple_text,
    "file": _file,
}
