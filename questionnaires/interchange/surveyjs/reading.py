"""A SurveyJS definition as a form: pages, panels within panels, questions, words per language."""

from typing import Any

from questionnaires.interchange.carrying.building import Built, build
from questionnaires.interchange.carrying.files import DEEPEST, CannotRead, json_of, objects_in, string_of
from questionnaires.interchange.carrying.form import Ask, Close, Form, Sheet
from questionnaires.interchange.expressions.tree import NEVER, Expr, both
from questionnaires.interchange.surveyjs.elements import asks_of
from questionnaires.interchange.surveyjs.parts import PIPE, default_language, expression, languages_in, repeats, words
from questionnaires.logic.definition import QuestionType

Json = dict[str, Any]
KNOWN = frozenset({
    *("title", "description", "pages", "elements", "questions", "completedHtml", "completedHtmlOnCondition", "locale", "questionsOrder"),
    *("logoPosition", "calculatedValues", "triggers", "navigateToUrl", "navigateToUrlOnCondition", "completeText"),
})  # fmt: skip
OF_PAGE = frozenset(
    {"name", "type", "title", "description", "elements", "questions", "visibleIf", "visible", "questionsOrder", "questionOrder"}
)
OF_PANEL = frozenset({*OF_PAGE, "templateElements"})


def read(data: bytes) -> Built:
    """A file of SurveyJS.

    Raises  CannotRead
    """
    raw = json_of(data)
    if not isinstance(raw, dict) or not ("pages" in raw or "elements" in raw or "questions" in raw):
        raise CannotRead("not_surveyjs")
    return build(form_of(raw))


def form_of(raw: Json) -> Form:
    """The form of a parsed survey."""
    default = default_language(raw)
    form = Form(languages=languages_in(raw, default), pipe=PIPE, piped=lambda name: name.strip(), language_name="locale")
    form.title, form.intro = words(raw.get("title"), default), words(raw.get("description"), default)
    form.thank_you = words(raw.get("completedHtml"), default)
    pages = raw.get("pages")
    if isinstance(pages, dict):
        pages = list(pages.values())
    elif not isinstance(pages, list):
        pages = [{"name": "page1", "elements": raw.get("elements", raw.get("questions"))}]
    for number, page in enumerate(objects_in(pages), 1):
        _page(form, page, number, default)
    for number, one in enumerate(objects_in(raw.get("completedHtmlOnCondition")), 1):
        said = expression(form, one.get("expression"), "completedHtmlOnCondition", f"completedHtmlOnCondition {number}")
        if said is not None:
            form.closes.append(Close(f"ending_{number}", said, words(one.get("html"), default)))
    for key, value in raw.items():
        if key in ("triggers", "calculatedValues", "navigateToUrlOnCondition"):
            for one in objects_in(value):
                if key == "calculatedValues" and repeats(form, string_of(one.get("name")), one.get("expression"), key):
                    continue
                form.notes.lost("computed", key, string_of(one.get("name") or one.get("type") or key), one.get("expression", ""))
        elif key == "navigateToUrl":
            form.notes.lost("leads_away", key, "survey", value)
        elif key not in KNOWN:
            form.notes.look(key, "survey")
    form.counts.pages = len(form.sheets)
    form.counts.languages = len(form.languages)
    return form


def _page(form: Form, page: Json, number: int, default: str) -> None:
    name = string_of(page.get("name")) or f"page{number}"
    sheet = Sheet(f"{name}" if all(one.name != name for one in form.sheets) else f"{name}_{number}", words(page.get("title"), default))
    sheet.show_if = shown_if(form, page, name)
    sheet.shuffle = page.get("questionsOrder", page.get("questionOrder")) == "random"
    if described := words(page.get("description"), default):
        sheet.asks.append(Ask(f"{name}_text", QuestionType.STATEMENT, described, where=name, first=False))
    for key in page:
        if key not in OF_PAGE:
            form.notes.look(key, name)
    _elements(form, sheet, page.get("elements", page.get("questions")), None, default, 0)
    form.sheets.append(sheet)


def shown_if(form: Form, element: Json, name: str) -> Expr | None:
    """What an element hangs on; one that is invisible without a condition is never shown."""
    text = element.get("visibleIf")
    if isinstance(text, str) and text.strip():
        return expression(form, text, "visibleIf", name)
    if element.get("visible") is False:
        form.notes.changed("never_shown", "visible", name)
        return NEVER
    return None


def _elements(form: Form, sheet: Sheet, elements: Any, above: Expr | None, default: str, depth: int) -> None:
    if depth > DEEPEST:
        raise CannotRead("nested_too_deep")
    for element in objects_in(elements):
        name = string_of(element.get("name")) or f"question{form.counts.questions + 1}"
        kind = string_of(element.get("type")).lower()
        if kind in ("panel", "paneldynamic", "flowpanel"):
            _panel(form, sheet, element, above, default, depth, name, kind)
            continue
        form.counts.questions += 1
        own = shown_if(form, element, name)
        for ask in asks_of(form, element, name, kind, default):
            ask.show_if = both(above, own, ask.show_if)
            sheet.asks.append(ask)


def _panel(form: Form, sheet: Sheet, element: Json, above: Expr | None, default: str, depth: int, name: str, kind: str) -> None:
    """A panel's questions, each with its condition; its words as a statement before them."""
    show_if = both(above, shown_if(form, element, name))
    text = words(element.get("title"), default)
    for language, said in words(element.get("description"), default).items():
        text[language] = f"{text[language]}<br>{said}" if text.get(language) else said
    if text:
        sheet.asks.append(Ask(f"{name}_text", QuestionType.STATEMENT, text, where=name, show_if=show_if, first=False))
    for key, value in element.items():
        if key in ("enableIf", "requiredIf"):
            form.lose_new("enabled_if" if key == "enableIf" else "required_if", f"panel {key}", name, value)
        elif key == "isRequired" and value is True:
            form.notes.lost("required_group", "panel isRequired", name)
        elif key not in OF_PANEL:
            form.notes.look(f"panel {key}", name)
    inside = element.get("elements", element.get("questions"))
    if kind == "paneldynamic":
        form.notes.lost("repeat", "paneldynamic", name)
        form.counts.questions += 1  # itself a question there; what it repeats stands once here
        inside = element.get("templateElements")
        _count_carried(sheet, name, text, show_if)
    _elements(form, sheet, inside, show_if, default, depth + 1)


def _count_carried(sheet: Sheet, name: str, text: dict[str, str], show_if: Expr | None) -> None:
    """The repeated panel counts as carried by its title; one without a title gets its name as such."""
    if text:
        sheet.asks[-1].first = True
    else:
        sheet.asks.append(Ask(f"{name}_text", QuestionType.STATEMENT, {}, where=name, show_if=show_if))
