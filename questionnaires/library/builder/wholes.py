"""What concerns a page or the whole questionnaire, as forms: texts, settings, endings, quotas, scores, blocks, experiments."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from questionnaires.library.builder import conditions
from questionnaires.library.builder.conditions import Field
from questionnaires.library.builder.question import Readable, Typed
from questionnaires.library.builder.tree import Tree, texts, words
from questionnaires.library.parts import PAGE, SECTIONS, Raw, part_of
from questionnaires.logic.definition import Block, Definition, Ending, Experiment, Page, Quota, Score

TEXT_KEYS = SECTIONS["texts"]
FLAGS = ("anonymous", "call_me")
MODELS: Mapping[str, Any] = {"blocks": Block, "experiments": Experiment, "quotas": Quota, "scores": Score, "endings": Ending}
CONDITIONS = {"quotas": "count_if", "endings": "show_if"}
LONGEST = {"title": 120, "intro": 2000, "thank_you": 2000, "privacy": 2000, "message": 500, "text": 2000}
Fields = Mapping[str, Field]


def tree_of(draft: Mapping[str, Any], part: str) -> Tree:
    """The form of a part as it is stored."""
    stored = part_of(draft, part) or {}
    if part == "texts":
        return {key: dict(stored.get(key) or {}) for key in TEXT_KEYS}
    if part == "settings":
        tags = list(stored.get("languages", Definition.model_fields["languages"].default))
        flags = {key: words(stored.get(key)) for key in FLAGS}
        return {"languages": tags, "kind": stored.get("kind", "touchpoint"), "theme": stored.get("theme") or "", **flags}
    if part.startswith(PAGE):
        page = {"title": dict(stored.get("title") or {}), "shuffle": words(stored.get("shuffle"))}
        jumps = [{"to": one["to"], **_rows("go_if", one["go_if"])} for one in stored.get("jumps", ())]
        return {**page, "jumps": jumps, **_rows("show_if", stored.get("show_if"))}
    return {part: [_item(part, one) for one in stored.get(part, ())]}


def _rows(name: str, condition: Any) -> Tree:
    found = conditions.tree_of(condition)
    return {} if condition is None else {name: {"keep": "1"} if found is None else found}


def _item(part: str, stored: Raw) -> Tree:
    made: Tree = {}
    for key, value in stored.items():
        if key == CONDITIONS.get(part):
            made |= _rows(key, value)
        elif key == "arms":
            made[key] = [{"code": one["code"], "weight": words(one.get("weight", 1))} for one in value]
        else:
            made[key] = list(value) if isinstance(value, list) else dict(value) if isinstance(value, dict) else words(value)
    if part == "scores":
        made = {"times": "1", "plus": "0", "at_least": "1", **made, "mean": "" if stored.get("mean") is False else "1"}
    return made


def read(draft: Mapping[str, Any], part: str, tree: Tree, languages: Sequence[str], can: Readable) -> Typed:
    """The part that a form says, as stored; errors and unfinished rows by path."""
    found = Typed({})
    before = part_of(draft, part) or {}
    if part == "texts":
        found.raw = {
            key: made for key in TEXT_KEYS if (made := _words(found, key, tree.get(key), before.get(key), languages, LONGEST[key]))
        }
        found.raw.setdefault("title", {})
        return found
    if part == "settings":
        return _settings(found, tree)
    if part.startswith(PAGE):
        return _page(found, tree, part.removeprefix(PAGE), before, languages, can)
    return _list(found, part, tree, before.get(part, ()), languages, can.before)


def _words(found: Typed, path: str, typed: Any, before: Any, languages: Sequence[str], most: int) -> dict[str, str]:
    made = texts(typed, before, languages)
    for tag in languages:
        if len(made.get(tag, "")) > most:
            found.errors[f"{path}.{tag}"] = "text_too_long_here"
    return made


def _settings(found: Typed, tree: Tree) -> Typed:
    """Languages keep their order: the first is the one that others fall back to."""
    typed = [one for one in tree.get("languages") or () if isinstance(one, str)]
    typed += [one for one in str(tree.get("more_language") or "").replace("，", ",").replace(" ", "").split(",") if one]
    tags = list(dict.fromkeys(typed))
    first = str(tree.get("first") or "")
    if first in tags:
        tags = [first, *(one for one in tags if one != first)]
    raw: Raw = {"languages": tags, "kind": tree.get("kind") or "touchpoint", "theme": tree.get("theme") or None}
    raw |= {key: bool(tree.get(key)) for key in FLAGS}
    if not tags:
        found.errors["languages"] = "language_needed"
    return _through(found, lambda: Definition.model_validate({"title": {}, **raw}), SECTIONS["settings"])


def _page(found: Typed, tree: Tree, page_id: str, before: Raw, languages: Sequence[str], can: Readable) -> Typed:
    raw: Raw = {"id": page_id, "shuffle": bool(tree.get("shuffle"))}
    raw["title"] = _words(found, "title", tree.get("title"), before.get("title"), languages, 120)
    _condition(found, "show_if", tree.get("show_if"), before.get("show_if"), can.before, raw, "show_if")
    jumps: list[Raw] = []
    was = before.get("jumps", ())
    for number, one in enumerate(_dicts(tree.get("jumps"))):
        jump: Raw = {"to": one.get("to") or "end"}
        old = was[number].get("go_if") if number < len(was) else None
        _condition(found, f"jumps.{number}.go_if", one.get("go_if"), old, can.own, jump, "go_if")
        jumps += [jump] if "go_if" in jump else []
    found.raw = {**raw, "jumps": jumps}
    return _through(found, lambda: Page.model_validate(found.raw))


def _list(found: Typed, part: str, tree: Tree, before: Sequence[Raw], languages: Sequence[str], fields: Fields) -> Typed:
    made: list[Raw] = []
    for number, one in enumerate(_dicts(tree.get(part))):
        was = before[number] if number < len(before) else {}
        raw = READERS[part](found, f"{part}.{number}", one, was, languages)
        if key := CONDITIONS.get(part):
            _condition(found, f"{part}.{number}.{key}", one.get(key), was.get(key), fields, raw, key)
            if key not in raw:
                continue
        try:
            made.append(MODELS[part].model_validate(raw).model_dump(mode="json", exclude_defaults=True))
        except ValidationError as error:
            found.errors |= {f"{part}.{number}." + ".".join(map(str, wrong["loc"])): _code(wrong["type"]) for wrong in error.errors()}
    names = [one.get("code") or one.get("id") or one.get("indicator") for one in made]
    found.errors |= {f"{part}.{number}.code": "code_twice" for number, name in enumerate(names) if name in names[:number]}
    found.raw = {part: made} if made else {}
    if not found.errors:
        _through(found, lambda: Definition.model_validate({"title": {}, **found.raw}), (part,))
    return found


def _block(_found: Typed, _path: str, one: Tree, _was: Raw, _languages: Sequence[str]) -> Raw:
    return {"id": one.get("id") or "", "pages": [page for page in one.get("pages") or () if page], **_whole(one, "pick")}


def _experiment(_found: Typed, _path: str, one: Tree, _was: Raw, _languages: Sequence[str]) -> Raw:
    arms = [{"code": arm.get("code") or "", "weight": arm.get("weight") or "0"} for arm in _dicts(one.get("arms"))]
    return {"code": one.get("code") or "", "arms": arms}


def _quota(found: Typed, path: str, one: Tree, was: Raw, languages: Sequence[str]) -> Raw:
    message = _words(found, f"{path}.message", one.get("message"), was.get("message"), languages, LONGEST["message"])
    return {"code": one.get("code") or "", "limit": one.get("limit") or "", "message": message}


def _score(_found: Typed, _path: str, one: Tree, _was: Raw, _languages: Sequence[str]) -> Raw:
    numbers = {key: one[key] for key in ("at_least", "times", "plus") if one.get(key)}
    return {
        "indicator": one.get("indicator") or "",
        "of": [name for name in one.get("of") or () if name],
        "mean": bool(one.get("mean")),
        **numbers,
    }


def _ending(found: Typed, path: str, one: Tree, was: Raw, languages: Sequence[str]) -> Raw:
    text = _words(found, f"{path}.text", one.get("text"), was.get("text"), languages, LONGEST["text"])
    return {"id": one.get("id") or "", "text": text, "action": one.get("action") or "none"}


READERS: Mapping[str, Callable[[Typed, str, Tree, Raw, Sequence[str]], Raw]] = {
    "blocks": _block, "experiments": _experiment, "quotas": _quota, "scores": _score, "endings": _ending,
}  # fmt: skip


def _whole(one: Tree, key: str) -> Raw:
    return {key: one[key]} if one.get(key) else {}


def _condition(found: Typed, path: str, typed: Any, before: Any, fields: Fields, into: Raw, key: str) -> None:
    if isinstance(typed, dict) and typed.get("keep"):
        into |= {key: before} if before else {}
        return
    reading = conditions.read(typed, fields, path)
    found.unfinished |= reading.errors
    condition = before if reading.unfinished else reading.condition
    if condition:
        into[key] = condition


def _through(found: Typed, make: Callable[[], Any], only: Sequence[str] = ()) -> Typed:
    """A part through its model: what is stored, or codes of what is wrong."""
    if found.errors:
        return found
    try:
        stored = make().model_dump(mode="json", exclude_defaults=True)
        found.raw = {key: value for key, value in stored.items() if not only or key in only}
    except ValidationError as error:
        found.errors |= {".".join(map(str, one["loc"])) or "part": _code(one["type"]) for one in error.errors()}
    return found


def _code(kind: str) -> str:
    return {"string_pattern_mismatch": "code_malformed", "too_long": "list_too_long", "too_short": "list_too_short"}.get(
        kind, "value_refused"
    )


def _dicts(items: Any) -> list[Tree]:
    return [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []
