"""Words, languages, expressions and choices of SurveyJS."""

import re
from typing import Any

from questionnaires.interchange.carrying.files import number_of, string_of
from questionnaires.interchange.carrying.form import Form, Part, Texts
from questionnaires.interchange.expressions.dialects import SURVEYJS
from questionnaires.interchange.expressions.tree import Expr

Json = dict[str, Any]
PIPE = re.compile(r"\{([^{}\s][^{}]{0,200})\}")
DEFAULT = "default"
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?\Z")
TEXTS = frozenset({
    *("title", "description", "text", "html", "body", "completedHtml", "minRateDescription", "maxRateDescription", "otherText", "noneText"),
    *("requiredErrorText", "labelTrue", "labelFalse", "refuseText", "dontKnowText", "placeholder", "otherPlaceholder"),
})  # fmt: skip
OF_ITEM = frozenset({"value", "text", "visibleIf", "enableIf", "imageLink", "score", "isExclusive"})


def default_language(raw: Json) -> str:
    """The language of words without one."""
    locale = raw.get("locale")
    return locale if isinstance(locale, str) and _LOCALE.match(locale) else "en"


def languages_in(raw: Json, default: str) -> list[str]:
    """Every language that some words of the survey have, the default first."""
    found = {default: None}
    waiting: list[Any] = [raw]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(reversed(one))
        elif isinstance(one, dict):
            for key, value in reversed(one.items()):
                if key in TEXTS and isinstance(value, dict):
                    found |= {name: None for name in value if isinstance(name, str) and name != DEFAULT and _LOCALE.match(name)}
                elif isinstance(value, dict | list):
                    waiting.append(value)
    return list(found)


def words(value: Any, default: str) -> Texts:
    """A title as a string, or as an object of languages."""
    if isinstance(value, dict):
        found = {
            default if name == DEFAULT else str(name): string_of(text)
            for name, text in value.items()
            if isinstance(text, str | int | float)
        }
        return {name: text for name, text in found.items() if text}
    said = string_of(value) if isinstance(value, str | int | float) else ""
    return {default: said} if said else {}


def expression(form: Form, text: Any, construct: str, where: str) -> Expr | None:
    """A condition."""
    return form.expression(text, SURVEYJS, construct, where) if isinstance(text, str) else None


def parts(form: Form, items: Any, default: str, where: str) -> list[Part]:
    """Choices, columns or rows: bare values or objects."""
    found: list[Part] = []
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            name = string_of(item.get("value", item.get("name")))
            part = Part(name, words(item.get("text", item.get("title")), default) or {default: name}, score=number_of(item.get("score")))
            part.show_if = expression(form, item.get("visibleIf"), "visibleIf", f"{where} · {name}")
            part.exclusive = item.get("isExclusive") is True
            if item.get("enableIf"):
                form.lose_new("enabled_if", "enableIf", f"{where} · {name}", item["enableIf"])
            if item.get("imageLink"):
                form.notes.lost("markup_media", "imageLink", f"{where} · {name}", item["imageLink"])
        elif isinstance(item, str | int | float) and not (isinstance(item, str) and not item):
            name = string_of(item)
            part = Part(name, {default: name})
        else:
            continue
        if part.name:
            found.append(part)
    return found


def repeats(form: Form, name: str, said: Any, construct: str) -> bool:
    """Whether a calculated value only repeats an answer; its name is then another one of that answer."""
    found = re.fullmatch(r"\s*\{\s*([^{}]{1,200}?)\s*\}\s*", said) if isinstance(said, str) else None
    if found is None or not name:
        return False
    form.aliases[name] = found[1]
    form.notes.changed("only_repeats", construct, name, found[1])
    return True


def special_parts(element: Json, default: str) -> list[Part]:
    """The choices that SurveyJS adds by switches: none, refuse, don't know, other."""
    found: list[Part] = []
    for switches, name, key, said, exclusive in (
        (("showNoneItem", "hasNone"), "none", "noneText", "None", True),
        (("showRefuseItem",), "refused", "refuseText", "Refuse to answer", True),
        (("showDontKnowItem",), "dontknow", "dontKnowText", "Don't know", True),
        (("showOtherItem", "hasOther"), "other", "otherText", "Other (describe)", False),
    ):
        if any(element.get(switch) is True for switch in switches):
            text = words(element.get(key), default) or {default: said}
            found.append(Part(name, text, exclusive=exclusive, other=name == "other"))
    return found
