"""What a new item of a form's list starts with, and what a new question of a type starts with."""

from collections.abc import Mapping
from typing import Any

from questionnaires.library.builder import arrange, conditions
from questionnaires.library.builder.screen import languages_of
from questionnaires.library.parts import Raw, questions_of
from questionnaires.logic.definition import MATRICES, SCALES, WITH_OPTIONS, QuestionType

STEMS = {"options": "o", "rows": "r", "experiments": "test", "arms": "arm", "quotas": "quota", "endings": "ending", "blocks": "block"}
LABELS: Mapping[QuestionType, tuple[dict[str, str], dict[str, str]]] = {
    QuestionType.NPS: ({"zh-Hans": "0 完全不会", "en": "0 not at all likely"}, {"zh-Hans": "10 一定会", "en": "10 extremely likely"}),
    QuestionType.CSAT: ({"zh-Hans": "1 很不满意", "en": "1 very dissatisfied"}, {"zh-Hans": "5 很满意", "en": "5 very satisfied"}),
    QuestionType.CES: ({"zh-Hans": "1 很不同意", "en": "1 strongly disagree"}, {"zh-Hans": "7 很同意", "en": "7 strongly agree"}),
    QuestionType.MATRIX_RATING: ({"zh-Hans": "很不满意", "en": "very dissatisfied"}, {"zh-Hans": "很满意", "en": "very satisfied"}),
}
"""Balanced ends that a new scale starts with."""
STARTS: Mapping[QuestionType, Raw] = {
    QuestionType.SLIDER: {"min": 0.0, "max": 100.0, "step": 1.0},
    QuestionType.CONSTANT_SUM: {"total": 100.0},
    QuestionType.HIDDEN: {"source": "link.campaign"},
    QuestionType.CONSENT: {"required": True},
}


def item(path: str, items: list[Any]) -> Any:
    """A new item of a list, by the list's path; its code is free among the items there are."""
    name = path.rpartition(".")[2]
    if name in ("show_if", "valid_if", "go_if", "count_if"):
        return conditions.new()
    if name == "groups":
        return conditions.new()["groups"][0]
    if name == "rows" and ".groups." in path:
        return {"field": "", "op": "", "value": ""}
    taken = {str(one.get("code") or one.get("id") or "") for one in items if isinstance(one, dict)}
    code = next(free for number in range(1, len(items) + 2) if (free := f"{STEMS.get(name, 'x')}{number}") not in taken)
    return {"code": code, "id": code, "text": {}, "message": {}, **_more(name)}


def _more(name: str) -> dict[str, Any]:
    if name == "rules":
        return {"valid_if": conditions.new()}
    if name == "jumps":
        return {"go_if": conditions.new(), "to": "end"}
    if name == "quotas":
        return {"limit": "100", "count_if": conditions.new()}
    if name == "endings":
        return {"show_if": conditions.new(), "action": "none"}
    if name == "experiments":
        return {"arms": [{"code": "a", "weight": "1"}, {"code": "b", "weight": "1"}]}
    return {"weight": "1"} if name == "arms" else {"mean": "1", "at_least": "1", "times": "1", "plus": "0"} if name == "scores" else {}


def question(draft: Mapping[str, Any], kind: QuestionType) -> Raw:
    """A new question: a free code, balanced labels, two empty options where the type has options."""
    scale = kind in SCALES
    number = sum(1 for _ in questions_of(draft)) + 1
    made: Raw = {"code": arrange.free_code(draft, kind.value if scale else f"q{number}"), "type": kind.value, **STARTS.get(kind, {})}
    languages = languages_of(draft)
    if kind in LABELS:
        ends = zip(("low_label", "high_label"), LABELS[kind], strict=True)
        made |= {name: {tag: text for tag, text in texts.items() if tag in languages} for name, texts in ends}
    if scale:
        made["required"] = True
        if kind.value not in {one.get("indicator") for one in questions_of(draft)}:
            made["indicator"] = kind.value
    if kind in WITH_OPTIONS:
        made["options"] = [{"code": "o1"}, {"code": "o2"}]
    if kind in MATRICES:
        made["rows"] = [{"code": "r1"}, {"code": "r2"}]
    return made
