"""What each of Qualtrics' question types becomes here."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from questionnaires.interchange.carrying.files import number_of, objects_in, string_of, whole_of
from questionnaires.interchange.carrying.form import Ask, Filter, Form, Part, Texts
from questionnaires.interchange.qualtrics.logic import logic
from questionnaires.logic.definition import Display, QuestionType

Json = dict[str, Any]
Q = QuestionType
CONTENT = {"ValidEmail": Q.EMAIL, "ValidPhone": Q.PHONE, "ValidNumber": Q.NUMBER, "ValidDate": Q.DATE, "ValidUSPhone": Q.PHONE}
_CARRIED = re.compile(r"q://(QID\w+)/ChoiceGroup/(SelectedChoices|UnselectedChoices)")
OF_PAYLOAD = frozenset(
    {
        *("QuestionText", "DataExportTag", "QuestionType", "Selector", "SubSelector", "Choices", "ChoiceOrder", "Answers", "AnswerOrder"),
        *(
            "Validation",
            "Language",
            "DisplayLogic",
            "QuestionID",
            "QuestionDescription",
            "QuestionText_Unsafe",
            "RecodeValues",
            "GradingData",
        ),
        *(
            "DefaultChoices",
            "QuestionJS",
            "Randomization",
            "AdditionalQuestions",
            "NumberOfQuestions",
            "Labels",
            "ColumnLabels",
            "Configuration",
        ),
        *(
            "ChoiceDataExportTags",
            "NextChoiceId",
            "NextAnswerId",
            "DataVisibility",
            "DynamicChoices",
            "DynamicChoicesData",
            "InPageDisplayLogic",
        ),
    }
)


class Element:
    """One question of the file with the means to read its words and choices."""

    def __init__(self, form: Form, payload: Json, qid: str, language: str, scored: bool) -> None:
        self.form, self.payload, self.qid, self.language, self.scored = form, payload, qid, language, scored
        translations = payload.get("Language")
        self.others: dict[str, Json] = (
            {name: one for name, one in translations.items() if isinstance(one, dict)} if isinstance(translations, dict) else {}
        )
        self.name = string_of(payload.get("DataExportTag")) or qid

    def text(self) -> Texts:
        """What is asked, in each language."""
        found = {self.language: string_of(self.payload.get("QuestionText"))}
        return found | {name: string_of(one["QuestionText"]) for name, one in self.others.items() if one.get("QuestionText")}

    def parts(self, key: str) -> list[Part]:
        """Choices or answers in their order, whether they are a list or an object."""
        raw = self.payload.get(key)
        items = {str(n): one for n, one in enumerate(raw)} if isinstance(raw, list) else raw if isinstance(raw, dict) else {}
        order = self.payload.get("ChoiceOrder" if key == "Choices" else "AnswerOrder")
        names = [string_of(one) for one in order if not isinstance(one, dict | list)] if isinstance(order, list) else []
        recode = self.payload.get("RecodeValues")
        found: list[Part] = []
        for name in dict.fromkeys([*(one for one in names if one in items), *items]):
            one = items[name] if isinstance(items[name], dict) else {"Display": items[name]}
            part = Part(name, {self.language: string_of(one.get("Display"))})
            for language, other in self.others.items():
                said = other.get(key)
                if isinstance(said, dict) and isinstance(said.get(name), dict):
                    part.text[language] = string_of(said[name].get("Display"))
            if isinstance(recode, dict) and isinstance(recode.get(name), str | int | float):
                part.codes = (string_of(recode[name]),) if string_of(recode[name]) not in items else ()
            part.exclusive = one.get("ExclusiveAnswer") in (True, "true")
            part.other = key == "Choices" and one.get("TextEntry") in (True, "true", "on")
            part.show_if = logic(self.form, one.get("DisplayLogic"), "DisplayLogic", f"{self.name} · {name}")
            found.append(part)
        self._scores(found)
        return found

    def _scores(self, parts: list[Part]) -> None:
        grades: dict[str, float] = {}
        for one in objects_in(self.payload.get("GradingData")):
            given = one.get("Grades")
            value = number_of(next(iter(given.values()), None)) if isinstance(given, dict) else None
            if value is not None:
                grades[string_of(one.get("ChoiceID"))] = value
        for part in parts:
            part.score = grades.get(part.name) if self.scored else None

    def setting(self, name: str) -> Any:
        """A validation setting."""
        validation = self.payload.get("Validation")
        settings = validation.get("Settings") if isinstance(validation, dict) else None
        return settings.get(name) if isinstance(settings, dict) else None


def asks_of(element: Element) -> list[Ask]:
    """The questions of an element; none where it is nothing that we have."""
    payload, form = element.payload, element.form
    ask = Ask(element.name, Q.SHORT_TEXT, element.text(), where=element.name)
    ask.names = {element.qid: ("", "")}
    ask.required = element.setting("ForceResponse") in ("ON", True)
    kind = string_of(payload.get("QuestionType"))
    made = KINDS.get(kind, _nothing)(element, ask)
    shown = logic(form, payload.get("DisplayLogic"), "DisplayLogic", element.name) or logic(
        form, payload.get("InPageDisplayLogic"), "InPageDisplayLogic", element.name
    )
    for one in made:
        one.show_if = shown
        _named(one, element.qid)
    _told(element, made[0] if made else ask)
    if len(made) > 1:
        form.notes.changed("became_several", f"{kind} {string_of(payload.get('Selector'))}".strip(), element.name, len(made))
    return made


def _named(ask: Ask, qid: str) -> None:
    for part in ask.options:
        ask.names.setdefault(f"{qid}/{part.name}", ("other", "") if part.other else ("option", part.name))
    for row in ask.rows:
        ask.names[f"{qid}/{row.name}"] = ("row", row.name)


def _told(element: Element, ask: Ask) -> None:
    payload, form = element.payload, element.form
    if payload.get("QuestionJS"):
        form.notes.lost("markup_code", "QuestionJS", element.name)
    if payload.get("DefaultChoices"):
        form.notes.lost("default", "DefaultChoices", element.name)
    random = payload.get("Randomization")
    if isinstance(random, dict) and random.get("Type") not in (None, "None", ""):
        ask.shuffle = True
        if random.get("Type") not in ("All", "ScaleReversal"):
            form.notes.lost("block", "Randomization", element.name, random.get("Type"))
    kind = string_of(element.setting("Type"))
    if kind == "CustomValidation" and isinstance(rule := element.setting("CustomValidation"), dict):
        valid = logic(form, rule.get("Logic"), "CustomValidation", element.name)
        if valid is not None:
            ask.rules.append((valid, {}))
        kind = ""
    if (
        kind not in ("", "None")
        and string_of(element.setting("ContentType")) not in CONTENT
        and kind not in ("MinChoices", "MaxChoices", "ChoicesTotal", "MinChar", "ContentType", "TotalChar")
    ):
        form.notes.lost("validation", f"Validation {kind}", element.name)
    others = [one for one in ask.options if one.other]
    for one in others[1:]:
        one.other = False
        form.notes.lost("second_other", "TextEntry", f"{element.name} · {one.name}")
    for key in payload:
        if key not in OF_PAYLOAD:
            form.notes.look(key, element.name)


def _choice(element: Element, ask: Ask) -> list[Ask]:
    selector = string_of(element.payload.get("Selector"))
    ask.options = element.parts("Choices")
    if selector == "NPS":
        ask.type, ask.options = Q.NPS, []
        labels = element.payload.get("ColumnLabels")
        words = [string_of(one.get("Display")) for one in objects_in(labels)]
        if len(words) >= 2:
            ask.low_label, ask.high_label = {element.language: words[0]}, {element.language: words[-1]}
        return [ask]
    ask.type = Q.MULTIPLE if selector.startswith("M") else Q.SINGLE
    ask.display = Display.DROPDOWN if selector == "DL" else Display.AUTO
    ask.min, ask.max = number_of(element.setting("MinChoices")), number_of(element.setting("MaxChoices"))
    _carry(element, ask)
    element.form.counts.options += len(ask.options)
    return [ask]


def _carry(element: Element, ask: Ask) -> None:
    """Choices carried forward from another question."""
    raw = element.payload.get("DynamicChoices")
    if not raw:
        return
    number = element.form.count()
    found = _CARRIED.search(str(raw)[:2000])
    if found is None:
        element.form.lose(number, "choices_elsewhere", "DynamicChoices", element.name, str(raw)[:200])
        return
    ask.carry = Filter(found[1], found[2] == "SelectedChoices", number)


def _text(element: Element, ask: Ask) -> list[Ask]:
    selector = string_of(element.payload.get("Selector"))
    if selector == "FORM":
        return _fields(element, ask, Q.SHORT_TEXT)
    ask.type = CONTENT.get(string_of(element.setting("ContentType")), Q.LONG_TEXT if selector in ("ML", "ESTB") else Q.SHORT_TEXT)
    if selector == "PW":
        element.form.notes.changed("type_unknown", "TE PW", element.name, ask.type.value)
    if ask.type in (Q.SHORT_TEXT, Q.LONG_TEXT):
        ask.max_length = whole_of(element.setting("TotalChars"))
    elif ask.type is Q.NUMBER:
        number = element.setting("ValidNumber")
        if isinstance(number, dict):
            ask.min, ask.max = number_of(number.get("Min")), number_of(number.get("Max"))
            ask.decimals = whole_of(number.get("NumDecimals")) or 0
    return [ask]


def _fields(element: Element, ask: Ask, kind: QuestionType) -> list[Ask]:
    made: list[Ask] = []
    for part in element.parts("Choices"):
        one = Ask(f"{ask.name}_{part.name}", kind, joined(ask.text, part.text), where=f"{ask.name} · {part.name}", first=not made)
        one.names = {f"{element.qid}/{part.name}": ("", ""), **(ask.names if not made else {})}
        one.required = ask.required
        made.append(one)
    return made or [ask]


def _slider(element: Element, ask: Ask) -> list[Ask]:
    settings = element.payload.get("Configuration")
    config: Json = settings if isinstance(settings, dict) else {}
    if string_of(element.payload.get("Selector")) == "STAR":
        ask.type, ask.rows, ask.display = Q.MATRIX_RATING, element.parts("Choices"), Display.STARS
        ask.points = (1, whole_of(config.get("StarCount")) or 5)
        return [ask]
    made = _fields(element, ask, Q.SLIDER)
    for one in made:
        one.type = Q.SLIDER
        one.min, one.max = number_of(config.get("CSSliderMin")), number_of(config.get("CSSliderMax"))
    return made


def _matrix(element: Element, ask: Ask) -> list[Ask]:
    selector, sub = string_of(element.payload.get("Selector")), string_of(element.payload.get("SubSelector"))
    ask.rows, ask.options = element.parts("Choices"), element.parts("Answers")
    for row in ask.rows:
        row.other = False
    if selector == "TE":
        return _grid(element, ask)
    if selector not in ("Likert", "Bipolar", "Profile"):
        element.form.notes.changed("type_unknown", f"Matrix {selector}", element.name, Q.MATRIX_SINGLE.value)
    ask.type = Q.MATRIX_MULTIPLE if sub in ("MultipleAnswer", "DND") and sub == "MultipleAnswer" else Q.MATRIX_SINGLE
    element.form.counts.options += len(ask.options)
    return [ask]


def _grid(element: Element, ask: Ask) -> list[Ask]:
    made: list[Ask] = []
    element.form.make_cells(len(ask.rows), len(ask.options))
    for row in ask.rows:
        for column in ask.options:
            name = f"{ask.name}_{row.name}_{column.name}"
            one = Ask(
                name,
                Q.SHORT_TEXT,
                joined(joined(ask.text, row.text), column.text),
                where=f"{ask.name} · {row.name} · {column.name}",
                first=not made,
            )
            one.names = {f"{element.qid}/{row.name}/{column.name}": ("", "")}
            made.append(one)
    return made or [ask]


def _side_by_side(element: Element, ask: Ask) -> list[Ask]:
    """A matrix for each column of a side by side; all have its rows."""
    made: list[Ask] = []
    columns, rows = objects_in(element.payload.get("AdditionalQuestions")), element.payload.get("Choices")
    element.form.make_cells(len(rows) if isinstance(rows, dict | list) else 0, len(columns))
    for number, payload in enumerate(columns, 1):
        inner = Element(
            element.form,
            {"Choices": rows, "ChoiceOrder": element.payload.get("ChoiceOrder"), **payload},
            f"{element.qid}#{number}",
            element.language,
            element.scored,
        )
        one = Ask(f"{ask.name}_{number}", Q.MATRIX_SINGLE, joined(ask.text, inner.text()), where=f"{ask.name} · {number}", first=not made)
        several = _matrix(inner, one) if payload.get("QuestionType") == "Matrix" else _fields(inner, one, Q.SHORT_TEXT)
        for part in several:
            part.first, part.required = not made, ask.required
            part.names |= {f"{element.qid}#{number}": ("", "")} if part.rows else {}
            part.names |= {f"{element.qid}#{number}/{row.name}": ("row", row.name) for row in part.rows}
            made.append(part)
    if not made:
        element.form.notes.lost("nothing_to_answer", "SBS", element.name)
    return made


def _shares(element: Element, ask: Ask) -> list[Ask]:
    ask.type, ask.options = Q.CONSTANT_SUM, element.parts("Choices")
    for part in ask.options:
        part.other = False
    ask.total = number_of(element.setting("ChoiceTotal"))
    element.form.counts.options += len(ask.options)
    return [ask]


def _ranking(element: Element, ask: Ask) -> list[Ask]:
    ask.type, ask.options = Q.RANKING, element.parts("Choices")
    for part in ask.options:
        part.other = False
    element.form.counts.options += len(ask.options)
    return [ask]


def _of_type(kind: QuestionType) -> Callable[[Element, Ask], list[Ask]]:
    def make(element: Element, ask: Ask) -> list[Ask]:
        del element
        ask.type = kind
        if kind is Q.STATEMENT:
            ask.required = False
        return [ask]

    return make


def _nothing(element: Element, ask: Ask) -> list[Ask]:
    kind = " ".join(string_of(element.payload.get(key)) for key in ("QuestionType", "Selector")).strip()
    element.form.notes.lost("type_lacking", kind or "?", ask.name, next(iter(ask.text.values()), ""))
    return []


def joined(before: Texts, after: Texts) -> Texts:
    """Both in each language."""
    return {
        language: " – ".join(one for one in (before.get(language, "").strip(), after.get(language, "").strip()) if one)
        for language in dict.fromkeys((*before, *after))
    }


KINDS: Mapping[str, Callable[[Element, Ask], list[Ask]]] = {
    "MC": _choice,
    "TE": _text,
    "Matrix": _matrix,
    "SBS": _side_by_side,
    "Slider": _slider,
    "RO": _ranking,
    "CS": _shares,
    "DB": _of_type(Q.STATEMENT),
    "FileUpload": _of_type(Q.FILE),
    "Signature": _of_type(Q.SIGNATURE),
    "Draw": _of_type(Q.SIGNATURE),
}
