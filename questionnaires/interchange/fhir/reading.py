"""A FHIR Questionnaire as a form: items within items, enableWhen as conditions, answer options with their codings."""

from collections.abc import Mapping
from typing import Any

from questionnaires.interchange.carrying.building import Built, build
from questionnaires.interchange.carrying.files import DEEPEST, CannotRead, json_of, number_of, objects_in, string_of, whole_of
from questionnaires.interchange.carrying.form import Ask, Form, Sheet, Texts
from questionnaires.interchange.expressions.tree import Compare, Expr, Lit, Logic, Negate, Origin, Ref, both
from questionnaires.interchange.fhir.choices import Choices
from questionnaires.logic.definition import Display, QuestionType

Json = dict[str, Any]
Q = QuestionType
TYPES: Mapping[str, QuestionType] = {
    "boolean": Q.YES_NO,
    "decimal": Q.NUMBER,
    "integer": Q.NUMBER,
    "quantity": Q.NUMBER,
    "date": Q.DATE,
    "time": Q.TIME,
    "string": Q.SHORT_TEXT,
    "text": Q.LONG_TEXT,
    "url": Q.SHORT_TEXT,
    "attachment": Q.FILE,
    "display": Q.STATEMENT,
    "choice": Q.SINGLE,
    "open-choice": Q.SINGLE,
    "coding": Q.SINGLE,
    "dateTime": Q.SHORT_TEXT,
}
ORDERS = {">": "gt", "<": "lt", ">=": "ge", "<=": "le"}
OF_ITEM = frozenset({
    *("linkId", "text", "_text", "type", "required", "repeats", "enableWhen", "enableBehavior", "answerOption", "option", "answerValueSet"),
    *("options", "maxLength", "item", "prefix", "readOnly", "initial", "extension", "definition", "code", "id", "answerConstraint"),
})  # fmt: skip
_TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
COMPUTED = frozenset(
    {
        *("sdc-questionnaire-calculatedExpression", "sdc-questionnaire-initialExpression", "sdc-questionnaire-candidateExpression"),
        *(
            "sdc-questionnaire-answerExpression",
            "variable",
            "cqf-expression",
            "cqf-calculatedValue",
            "sdc-questionnaire-answerOptionsToggleExpression",
        ),
    }
)
CHECKS = frozenset(
    {"regex", "minLength", "targetConstraint", "questionnaire-constraint", "minQuantity", "maxQuantity", "mimeType", "maxSize"}
)
_ENDINGS = {"minValue": "min", "maxValue": "max"}


def read(data: bytes) -> Built:
    """A Questionnaire as JSON.

    Raises  CannotRead
    """
    raw = json_of(data)
    if not isinstance(raw, dict) or raw.get("resourceType") != "Questionnaire":
        raise CannotRead("not_fhir")
    return build(_Reading(raw).form())


class _Reading:
    def __init__(self, raw: Json) -> None:
        self._raw = raw
        self._language = string_of(raw.get("language")) or "en"
        self._contained = {f"#{string_of(one.get('id'))}": one for one in objects_in(raw.get("contained"))}
        self._spoken: dict[str, None] = {self._language: None}
        self._form = Form([])
        self._choices = Choices(self._form, self._contained, self._words, self._speak, self._language)

    def form(self) -> Form:
        """The whole form."""
        form, raw = self._form, self._raw
        form.title = self._words(raw, "title") or {self._language: string_of(raw.get("name")) or "Questionnaire"}
        form.intro = self._words(raw, "description")
        loose: Sheet | None = None
        for number, item in enumerate(objects_in(raw.get("item")), 1):
            if item.get("type") == "group":
                loose = None
                name = string_of(item.get("linkId")) or f"group_{number}"
                sheet = Sheet(f"{name}" if all(one.name != name for one in form.sheets) else f"{name}_{number}", self._words(item, "text"))
                sheet.show_if = self._enabled(item)
                self._looks(item)
                self._group(item, name)
                form.sheets.append(sheet)
                self._items(item.get("item"), sheet, None, 1)
                if not sheet.asks and sheet.title:
                    sheet.asks.append(Ask(f"{name}_text", Q.STATEMENT, sheet.title, where=name, first=False))
                    sheet.title = {}
            else:
                if loose is None:
                    loose = Sheet(f"page_{number}")
                    form.sheets.append(loose)
                self._item(item, loose, None, 1)
        form.sheets = [one for one in form.sheets if one.asks]
        form.languages = list(self._spoken)
        form.counts.pages, form.counts.languages = len(form.sheets), len(form.languages)
        return form

    def _words(self, raw: Json, key: str) -> Texts:
        """Words with their translations, which stand in an extension beside them."""
        found = {self._language: text} if (text := string_of(raw.get(key))) else {}
        beside = raw.get(f"_{key}")
        for one in objects_in(beside.get("extension")) if isinstance(beside, dict) else []:
            if one.get("url") != _TRANSLATION:
                continue
            parts = {string_of(part.get("url")): part for part in objects_in(one.get("extension"))}
            language = string_of(parts.get("lang", {}).get("valueCode"))
            said = parts.get("content", {})
            text = string_of(said.get("valueString") or said.get("valueMarkdown"))
            if language and text:
                found[language] = text
                self._speak(language)
        return found

    def _speak(self, language: str) -> None:
        self._spoken[language] = None

    def _items(self, items: Any, sheet: Sheet, above: Expr | None, depth: int) -> None:
        if depth > DEEPEST:
            raise CannotRead("nested_too_deep")
        for item in objects_in(items):
            self._item(item, sheet, above, depth)

    def _item(self, item: Json, sheet: Sheet, above: Expr | None, depth: int) -> None:
        name = string_of(item.get("linkId")) or f"item_{self._form.counts.questions + 1}"
        shown = both(above, self._enabled(item))
        self._looks(item)
        if item.get("type") == "group":
            self._group(item, name)
            if words := self._words(item, "text"):
                sheet.asks.append(Ask(f"{name}_text", Q.STATEMENT, words, where=name, show_if=shown, first=False))
        else:
            self._form.counts.questions += 1
            ask = self._ask(item, name)
            if ask is not None:
                ask.show_if = shown
                sheet.asks.append(ask)
        self._items(item.get("item"), sheet, shown, depth + 1)

    def _group(self, item: Json, name: str) -> None:
        """Tell of what a group asks for as a whole."""
        if item.get("repeats") is True:
            self._form.notes.lost("repeat", "repeats", name)
        if item.get("required") is True:
            self._form.notes.lost("required_group", "required", name)

    def _ask(self, item: Json, name: str) -> Ask | None:
        kind = string_of(item.get("type"))
        ask = Ask(name, TYPES.get(kind, Q.SHORT_TEXT), self._words(item, "text") or {self._language: name})
        if prefix := string_of(item.get("prefix")):
            ask.text = {language: f"{prefix} {text}" for language, text in ask.text.items()}
        ask.required = item.get("required") is True and ask.type is not Q.STATEMENT
        ask.max_length = whole_of(item.get("maxLength"))
        ask.decimals = 4 if kind in ("decimal", "quantity") else 0
        if kind == "reference":
            self._form.notes.lost("type_lacking", kind, name)
            return None
        if kind not in TYPES or kind in ("dateTime", "quantity"):
            self._form.notes.changed("type_unknown", kind or "?", name, ask.type.value)
        self._choices.put(item, ask, kind)
        self._extensions(item, ask)
        if item.get("repeats") is True and ask.type not in (Q.MULTIPLE, Q.FILE):
            self._form.notes.lost("repeat", "repeats", name)
        if ask.type is Q.FILE and item.get("repeats") is True:
            ask.max = 5
        for key, code in (("initial", "default"), ("readOnly", "read_only")):
            if item.get(key):
                self._form.notes.lost(code, key, name)
        if any(one.get("initialSelected") is True for one in objects_in(item.get("answerOption"))):
            self._form.notes.lost("default", "initialSelected", name)
        return ask

    def _extensions(self, item: Json, ask: Ask) -> None:
        for one in objects_in(item.get("extension")):
            ending = string_of(one.get("url")).rpartition("/")[2]
            value = next((value for key, value in one.items() if key.startswith("value")), None)
            if ending in _ENDINGS and ask.type in (Q.NUMBER, Q.SLIDER):
                setattr(ask, _ENDINGS[ending], number_of(value))
            elif ending == "questionnaire-itemControl":
                self._control(ask, value)
            elif ending == "maxDecimalPlaces":
                ask.decimals = whole_of(value) or 0
            elif ending in ("questionnaire-hidden",) and value is True:
                self._form.notes.lost("never_shown", "hidden", ask.name)
            elif ending == "sdc-questionnaire-enableWhenExpression":
                self._form.lose_new("expression_function", ending, ask.name, _said(value))
            elif ending in COMPUTED:
                self._form.notes.lost("computed", ending, ask.name, _said(value))
            elif ending in CHECKS:
                self._form.notes.lost("validation", ending, ask.name, _said(value))
            elif ending in ("questionnaire-minOccurs", "questionnaire-maxOccurs") and ask.type in (Q.MULTIPLE, Q.FILE):
                setattr(ask, "min" if "min" in ending else "max", number_of(value))
            else:
                self._form.notes.look(ending or "extension", ask.name)

    def _control(self, ask: Ask, value: Any) -> None:
        codes = {string_of(one.get("code")) for one in objects_in(value.get("coding"))} if isinstance(value, dict) else set()
        if "slider" in codes and ask.type is Q.NUMBER:
            ask.type = Q.SLIDER
        elif "drop-down" in codes and ask.type is Q.SINGLE:
            ask.display = Display.DROPDOWN
        elif codes - {"radio-button", "check-box"}:
            self._form.notes.look("itemControl", ask.name)

    def _enabled(self, item: Json) -> Expr | None:
        tests = objects_in(item.get("enableWhen"))
        if not tests:
            return None
        found = [_test(one) for one in tests]
        joined = found[0] if len(found) == 1 else Logic(item.get("enableBehavior") == "all", tuple(found))
        return Origin(self._form.count(), "enableWhen", string_of(item.get("linkId")), joined)

    def _looks(self, item: Json) -> None:
        for key in item:
            if key not in OF_ITEM and not key.startswith("_"):
                self._form.notes.look(key, string_of(item.get("linkId")))


def _said(value: Any) -> str:
    return string_of(value.get("expression")) if isinstance(value, dict) else string_of(value)


def _test(raw: Json) -> Expr:
    """One enableWhen; the oldest files say `hasAnswer` beside the question, the newer ones `exists` as an operator."""
    ref = Ref(string_of(raw.get("question")))
    operator = string_of(raw.get("operator")) or ("exists" if "hasAnswer" in raw else "=")
    value = next((value for key, value in raw.items() if key.startswith("answer")), raw.get("hasAnswer"))
    if operator == "exists":
        blank = Compare("eq", ref, Lit(""))
        return blank if value is False else Negate(blank)
    if isinstance(value, dict):
        value = value.get("code") or value.get("value") or value.get("display")
    said = Lit(value if isinstance(value, bool | int | float) else string_of(value))
    if operator in ORDERS:
        return Compare(ORDERS[operator], ref, said)
    test = Compare("contains", ref, said)
    return Negate(test) if operator == "!=" else test
