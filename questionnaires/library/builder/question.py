"""One question as a form: the tree that the form shows, and the question that a typed tree says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from questionnaires.bank import nodes
from questionnaires.library.builder import conditions, types
from questionnaires.library.builder.conditions import Field
from questionnaires.library.builder.tree import Tree, texts, words
from questionnaires.library.parts import Raw
from questionnaires.logic.definition import Question, QuestionType

LONGEST = {"text": 500, "help": 500, "low_label": 60, "high_label": 60, "required_message": 200, "option": 200, "row": 200, "message": 200}
RICH = 2000
TEXTS = ("text", "help", "low_label", "high_label", "required_message")
FLAGS = ("required", "shuffle", "long_only")
OPTION_FLAGS = ("exclusive", "other", "fixed")


@dataclass
class Typed:
    """What a typed form says: the question as stored, and codes of what is wrong by the field's path."""

    raw: Raw
    errors: dict[str, str] = field(default_factory=dict)
    unfinished: dict[str, str] = field(default_factory=dict)
    """Condition rows that lack something; the stored condition stays until they are complete."""


@dataclass(frozen=True)
class Readable:
    """What conditions may read: before the question, and with its own answers (for its rules); nodes that options may be filed under."""

    before: Mapping[str, Field]
    own: Mapping[str, Field]
    tree: nodes.Tree | None = None


def tree_of(question: Mapping[str, Any]) -> Tree:
    """The form of a question as it is stored."""
    kind = QuestionType(question["type"])
    tree: Tree = {"code": question["code"]}
    for name in types.keys(kind):
        value = question.get(name)
        tree[name] = dict(value or {}) if name in TEXTS else ", ".join(value or ()) if name == "tags" else words(value)
    for name in types.lists(kind):
        tree[name] = [_item_tree(one) for one in question.get(name, ())]
    if "rules" in question:
        tree["rules"] = [{"message": dict(one.get("message") or {}), **_shown("valid_if", one["valid_if"])} for one in question["rules"]]
    if "carry" in question:
        tree["carry"] = {"question": question["carry"]["question"], "chosen": "no" if question["carry"].get("chosen") is False else "yes"}
    return {**tree, **_shown("show_if", question.get("show_if"))}


def _item_tree(item: Mapping[str, Any]) -> Tree:
    flat = {name: words(value) for name, value in item.items() if name not in ("text", "show_if")}
    return {**flat, "was": item["code"], "text": dict(item.get("text") or {}), **_shown("show_if", item.get("show_if"))}


def _shown(name: str, condition: Any) -> Tree:
    """A condition as rows; one that rows can't say is kept as it is, unless somebody removes it."""
    if condition is None:
        return {}
    found = conditions.tree_of(condition)
    return {name: {"keep": "1"} if found is None else found}


def read(tree: Tree, before: Raw, languages: Sequence[str], can: Readable) -> Typed:
    """The question that a form says. What is wrong or unfinished stays as it was before."""
    kind = QuestionType(before["type"])
    found = Typed({name: before[name] for name in ("code", "type", "bank") if name in before})
    for name in types.keys(kind):
        _plain(found, name, tree.get(name), before, kind, languages)
    for name in types.lists(kind):
        found.raw[name] = _items(found, name, tree.get(name), before.get(name, ()), languages, can)
    if types.may_rule(kind):
        found.raw["rules"] = _rules(found, tree.get("rules"), before.get("rules", ()), languages, can)
    if types.may_carry(kind) and isinstance(tree.get("carry"), dict) and tree["carry"].get("question"):
        found.raw["carry"] = {"question": tree["carry"]["question"], "chosen": tree["carry"].get("chosen") != "no"}
    _condition(found, "show_if", tree.get("show_if"), before.get("show_if"), can.before, found.raw, "show_if")
    return _validated(found)


def _plain(found: Typed, name: str, typed: Any, before: Raw, kind: QuestionType, languages: Sequence[str]) -> None:
    if name in TEXTS:
        most = RICH if name == "help" or (name == "text" and types.long_text(kind)) else LONGEST[name]
        found.raw[name] = _words(found, name, typed, before.get(name), languages, most)
    elif name in FLAGS:
        found.raw[name] = bool(typed)
    elif name == "tags":
        found.raw[name] = [one for one in dict.fromkeys(part.strip() for part in str(typed or "").replace("，", ",").split(",")) if one][
            :20
        ]
    elif name in types.NUMBERS.get(kind, ()):
        number = _number(found, name, typed, whole=name in types.WHOLE_NUMBERS or (name != "step" and kind not in types.FRACTIONS))
        if number is not None:
            found.raw[name] = int(number) if name in types.WHOLE_NUMBERS else number
    elif typed:
        found.raw[name] = typed


def _words(found: Typed, path: str, typed: Any, before: Any, languages: Sequence[str], most: int) -> dict[str, str]:
    made = texts(typed, before, languages)
    for tag in languages:
        if len(made.get(tag, "")) > most:
            found.errors[f"{path}.{tag}"] = "text_too_long_here"
    return made


def _number(found: Typed, path: str, typed: Any, *, whole: bool) -> float | None:
    text = str(typed or "").strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) < 1e12 or (whole and not number.is_integer()):
        found.errors[path] = "not_a_number"
        return None
    return number


def _items(found: Typed, name: str, typed: Any, before: Sequence[Raw], languages: Sequence[str], can: Readable) -> list[Raw]:
    """Options or rows; one without words stays, so that it can be written in another language first."""
    known = {one["code"]: one for one in before}
    kind = "option" if name == "options" else "row"
    made: list[Raw] = []
    seen: set[str] = set()
    for number, one in enumerate(typed if isinstance(typed, list) else ()):
        if not isinstance(one, dict):
            continue
        path, was = f"{name}.{number}", known.get(str(one.get("was") or ""), {})
        code = str(one.get("code") or "")
        item: Raw = {"code": code, "text": _words(found, f"{path}.text", one.get("text"), was.get("text"), languages, LONGEST[kind])}
        if code in seen:
            found.errors[f"{path}.code"] = "code_twice"
        seen.add(code)
        item |= {flag: True for flag in OPTION_FLAGS if one.get(flag)}
        if one.get("score") and (score := _number(found, f"{path}.score", one["score"], whole=False)) is not None:
            item["score"] = score
        item |= {key: one[key] for key in ("indicator", "image", "node") if one.get(key)}
        if item.get("node") != was.get("node") and (refused := nodes.wrong(can.tree, item.get("node", ""))):
            found.errors[f"{path}.node"] = refused
        _condition(found, f"{path}.show_if", one.get("show_if"), was.get("show_if"), can.before, item, "show_if")
        made.append(item)
    return made


def _rules(found: Typed, typed: Any, before: Sequence[Raw], languages: Sequence[str], can: Readable) -> list[Raw]:
    made: list[Raw] = []
    for number, one in enumerate(typed if isinstance(typed, list) else ()):
        if not isinstance(one, dict):
            continue
        was = before[number] if number < len(before) else {}
        path = f"rules.{number}"
        rule: Raw = {"message": _words(found, f"{path}.message", one.get("message"), was.get("message"), languages, LONGEST["message"])}
        _condition(found, f"{path}.valid_if", one.get("valid_if"), was.get("valid_if"), can.own, rule, "valid_if")
        if "valid_if" in rule:
            made.append(rule)
    return made


def _condition(found: Typed, path: str, typed: Any, before: Any, fields: Mapping[str, Field], into: Raw, key: str) -> None:
    """Put a condition where it belongs: as typed, as before where rows are unfinished, or none."""
    if isinstance(typed, dict) and typed.get("keep"):
        into |= {key: before} if before else {}
        return
    reading = conditions.read(typed, fields, path)
    found.unfinished |= reading.errors
    condition = before if reading.unfinished else reading.condition
    if condition:
        into[key] = condition


def _validated(found: Typed) -> Typed:
    if found.errors:
        return found
    try:
        found.raw = Question.model_validate(found.raw).model_dump(mode="json", exclude_defaults=True)
    except ValidationError as error:
        for one in error.errors():
            place = ".".join(str(step) for step in one["loc"]) or "text"
            found.errors[place] = {"string_pattern_mismatch": "code_malformed", "too_long": "list_too_long"}.get(
                one["type"], "value_refused"
            )
    return found
