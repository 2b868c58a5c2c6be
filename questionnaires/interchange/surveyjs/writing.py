"""A definition as SurveyJS JSON. What SurveyJS can't say is told of; what it says otherwise means the same."""

import json
from typing import Any

from questionnaires.interchange.carrying.notes import Notes
from questionnaires.interchange.carrying.written import Written
from questionnaires.interchange.surveyjs.saying import expression, locale, piped
from questionnaires.logic.definition import MATRICES, Definition, Display, Option, Page, Question, QuestionType, Row, Texts

Json = dict[str, Any]
Q = QuestionType
SCALES = {Q.NPS: (0, 10), Q.CSAT: (1, 5), Q.CES: (1, 7)}
TYPES = {
    Q.SINGLE: "radiogroup",
    Q.MULTIPLE: "checkbox",
    Q.RANKING: "ranking",
    Q.YES_NO: "boolean",
    Q.CONSENT: "boolean",
    Q.LONG_TEXT: "comment",
    Q.FILE: "file",
    Q.PHOTO: "file",
    Q.SIGNATURE: "signaturepad",
    Q.STATEMENT: "html",
    Q.MATRIX_SINGLE: "matrix",
    Q.MATRIX_MULTIPLE: "matrix",
    Q.MATRIX_RATING: "matrix",
    Q.SLIDER: "text",
    Q.CONSTANT_SUM: "multipletext",
}
INPUTS = {Q.EMAIL: "email", Q.PHONE: "tel", Q.NUMBER: "number", Q.SLIDER: "range", Q.DATE: "date", Q.TIME: "time"}


def write(definition: Definition, code: str) -> Written:
    """The file of a definition."""
    del code
    notes = Notes()
    made: Json = {"locale": locale(definition.language), "title": _words(definition, definition.title)}
    for key, texts in (("description", definition.intro), ("completedHtml", definition.thank_you)):
        if any(texts.values()):
            made[key] = _words(definition, texts)
    made["pages"] = [_page(definition, page, notes) for page in definition.pages]
    if definition.endings:
        made["completedHtmlOnCondition"] = [
            {"expression": expression(definition, one.show_if), "html": _words(definition, one.text)} for one in definition.endings
        ]
    _left(definition, notes)
    return Written((json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode(), tuple(notes))


def _left(definition: Definition, notes: Notes) -> None:
    for name, there in (
        ("privacy", any(definition.privacy.values())), ("blocks", definition.blocks), ("experiments", definition.experiments),
        ("quotas", definition.quotas), ("scores", definition.scores), ("theme", definition.theme), ("anonymous", definition.anonymous),
    ):  # fmt: skip
        if there:
            notes.lost("not_in_format", name, "questionnaire")
    for page in definition.pages:
        if page.jumps:
            notes.lost("not_in_format", "jumps", page.id)


def _words(definition: Definition, texts: Texts) -> Any:
    """One string where there is one language, else an object by language; the first language is the default."""
    said = {language: piped(definition, text) for language, text in texts.items() if text}
    if set(said) <= {definition.language}:
        return said.get(definition.language, "")
    return {"default" if language == definition.language else locale(language): text for language, text in said.items()}


def _page(definition: Definition, page: Page, notes: Notes) -> Json:
    made: Json = {"name": page.id}
    if any(page.title.values()):
        made["title"] = _words(definition, page.title)
    if page.show_if is not None:
        made["visibleIf"] = expression(definition, page.show_if)
    if page.shuffle:
        made["questionsOrder"] = "random"
    made["elements"] = [one for question in page.questions if (one := _element(definition, question, notes)) is not None]
    return made


def _element(definition: Definition, question: Question, notes: Notes) -> Json | None:
    if question.type is Q.HIDDEN:
        notes.lost("not_in_format", "hidden", question.code, question.source)
        return None
    made: Json = {"type": TYPES.get(question.type, "text"), "name": question.code}
    if question.type in SCALES:
        made["type"] = "rating"
    made["html" if question.type is Q.STATEMENT else "title"] = _words(definition, question.text)
    for key, texts in (("description", question.help), ("requiredErrorText", question.required_message)):
        if any(texts.values()):
            made[key] = _words(definition, texts)
    if question.required:
        made["isRequired"] = True
    if question.show_if is not None:
        made["visibleIf"] = expression(definition, question.show_if)
    _shape(definition, question, made, notes)
    if question.rules:
        made["validators"] = [
            {"type": "expression", "expression": expression(definition, rule.valid_if), "text": _words(definition, rule.message)}
            for rule in question.rules
        ]
    for name, there in (("indicator", question.indicator), ("long_only", question.long_only), ("bank", question.bank)):
        if there:
            notes.lost("not_in_format", name, question.code)
    return made


def _shape(definition: Definition, question: Question, made: Json, notes: Notes) -> None:
    kind = question.type
    if kind in SCALES:
        made["rateMin"], made["rateMax"] = SCALES[kind]
        for key, texts in (("minRateDescription", question.low_label), ("maxRateDescription", question.high_label)):
            if any(texts.values()):
                made[key] = _words(definition, texts)
        if question.display in (Display.STARS, Display.FACES):
            made["rateType"] = "stars" if question.display is Display.STARS else "smileys"
    elif kind in MATRICES:
        _matrix(definition, question, made, notes)
    elif kind in (Q.SINGLE, Q.MULTIPLE, Q.RANKING):
        _choices(definition, question, made)
    elif kind is Q.CONSTANT_SUM:
        made["items"] = [{"name": one.code, "title": _words(definition, one.text), "inputType": "number"} for one in question.options]
        notes.lost("not_in_format", "constant_sum", question.code)
    elif kind in INPUTS:
        made["inputType"] = INPUTS[kind]
        _numbers(question, made, notes)
    elif kind is Q.CONSENT:
        made["renderAs"] = "checkbox"
    elif kind in (Q.FILE, Q.PHOTO):
        made |= {"acceptedTypes": "image/*"} if kind is Q.PHOTO else {}
        made |= {"allowMultiple": True, "maxFiles": question.most_files} if question.most_files > 1 else {}
    if kind in (Q.SHORT_TEXT, Q.LONG_TEXT) and question.max_length is not None:
        made["maxLength"] = question.max_length


def _numbers(question: Question, made: Json, notes: Notes) -> None:
    if question.type is Q.DATE:
        if question.min is not None or question.max is not None:
            notes.lost("not_in_format", "min, max", question.code)
        return
    for key in ("min", "max", "step"):
        if getattr(question, key) is not None:
            made[key] = getattr(question, key)
    if question.type is Q.NUMBER and question.decimals:
        made["step"] = 10**-question.decimals


def _choices(definition: Definition, question: Question, made: Json) -> None:
    if question.display is Display.DROPDOWN and question.type is Q.SINGLE:
        made["type"] = "dropdown"
    made["choices"] = [_item(definition, one) for one in question.options if not one.other or question.type is Q.RANKING]
    other = next((one for one in question.options if one.other), None)
    if other is not None and question.type is not Q.RANKING:
        made |= {"showOtherItem": True, "otherText": _words(definition, other.text)}
    if question.shuffle:
        made["choicesOrder"] = "random"
    if question.carry is not None:
        sign = "contains" if question.carry.chosen else "notcontains"
        made["choicesVisibleIf"] = f"{{{question.carry.question}}} {sign} {{item}}"
    if question.type is Q.MULTIPLE:
        made |= {"minSelectedChoices": int(question.min)} if question.min is not None else {}
        made |= {"maxSelectedChoices": int(question.max)} if question.max is not None else {}


def _item(definition: Definition, one: Option | Row) -> Json:
    made: Json = {"value": one.code, "text": _words(definition, one.text)}
    if one.show_if is not None:
        made["visibleIf"] = expression(definition, one.show_if)
    if isinstance(one, Option) and one.exclusive:
        made["isExclusive"] = True
    if isinstance(one, Option) and one.score is not None:
        made["score"] = one.score
    return made


def _matrix(definition: Definition, question: Question, made: Json, notes: Notes) -> None:
    made["rows"] = [_item(definition, one) for one in question.rows]
    if question.type is Q.MATRIX_RATING:
        notes.changed("became_choices", "matrix_rating", question.code)
        made["columns"] = [{"value": point, "text": str(point)} for point in question.points]
    else:
        made["columns"] = [_item(definition, one) for one in question.options]
    if question.type is Q.MATRIX_MULTIPLE:
        made["cellType"] = "checkbox"
    if question.shuffle:
        made["rowsOrder"] = "random"
    if question.required:
        made["isAllRowRequired"] = True
    if question.carry is not None:
        made["rowsVisibleIf"] = f"{{{question.carry.question}}} {'contains' if question.carry.chosen else 'notcontains'} {{item}}"
