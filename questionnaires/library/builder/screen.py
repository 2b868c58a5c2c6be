"""What the builder shows of a draft, from the plain document: the outline, and one part as a form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.foundation.i18n import NAMES, _, current_language
from questionnaires.bank.labels import language_label
from questionnaires.library import parts, sentences
from questionnaires.library.builder import conditions, labels, question, reading, types, wholes
from questionnaires.library.builder.conditions import Field
from questionnaires.library.builder.tree import Tree
from questionnaires.library.models import Questionnaire
from questionnaires.library.parts import PAGE, QUESTION, SECTIONS, Raw
from questionnaires.logic.definition import CHOICES, JOINT, MATRICES, MOST_OPTIONS, Definition, QuestionType

TEXT_KEYS = frozenset({"text", "help", "title", "intro", "thank_you", "privacy", "low_label", "high_label", "required_message", "message"})
SHOWN_LANGUAGES = 3
"""So many languages stand side by side; others are chosen above the form."""
DEFAULT_LANGUAGES = tuple(Definition.model_fields["languages"].default)


@dataclass
class Asked:
    """Which part is shown, in which languages, with what was typed and what is wrong with it."""

    at: str
    languages: Sequence[str] = ()
    tree: Tree | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    unfinished: Mapping[str, str] = field(default_factory=dict)
    focus: str = ""
    theirs: Mapping[str, Any] | None = None


def languages_of(draft: Mapping[str, Any]) -> list[str]:
    """The draft's languages."""
    return list(draft.get("languages", DEFAULT_LANGUAGES))


def shown_languages(draft: Mapping[str, Any], wanted: Sequence[str]) -> list[str]:
    """The languages of the form: those wanted, else the first three."""
    there = languages_of(draft)
    return [tag for tag in there if tag in wanted][:SHOWN_LANGUAGES] or there[:SHOWN_LANGUAGES]


def first_part(draft: Mapping[str, Any]) -> str:
    """What the builder opens with: the first question, else the texts."""
    first = next(parts.questions_of(draft), None)
    return parts.question_part(first["code"]) if first else "texts"


def known(draft: Mapping[str, Any], at: str) -> bool:
    """Whether there is such a part."""
    return at in SECTIONS or (at.startswith((PAGE, QUESTION)) and parts.part_of(draft, at) is not None)


def words(texts: Mapping[str, str] | None, draft: Mapping[str, Any], otherwise: str = "") -> str:
    """A text for the reader."""
    found = texts or {}
    return (
        found.get(current_language()) or found.get(languages_of(draft)[0]) or next((one for one in found.values() if one), "") or otherwise
    )


def line(draft: Mapping[str, Any], one: Raw, number: int, names: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """One question in the outline."""
    return {
        "number": number,
        "code": one["code"],
        "text": words(one.get("text"), draft, one["code"]),
        "type": names[one["type"]][0],
        "icon": types.ICONS[QuestionType(one["type"])],
        "options": len(one.get("options", ())),
        "condition": "show_if" in one,
        "required": bool(one.get("required")),
        "bank": "bank" in one,
    }


def outline(draft: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Pages with their questions."""
    number, names, pages = 0, labels.types(), []
    for page in draft.get("pages", ()):
        questions = []
        for one in page.get("questions", ()):
            number += 1
            questions.append(line(draft, one, number, names))
        marks = {"condition": "show_if" in page, "jumps": len(page.get("jumps", ())), "shuffle": bool(page.get("shuffle"))}
        pages.append({"id": page["id"], "title": words(page.get("title"), draft), "questions": questions, **marks})
    return pages


def line_of(draft: Mapping[str, Any], code: str) -> dict[str, Any] | None:
    """One question's line."""
    for number, one in enumerate(parts.questions_of(draft), 1):
        if one["code"] == code:
            return line(draft, one, number, labels.types())
    return None


def readable(draft: Mapping[str, Any], at: str) -> question.Readable:
    """What the conditions of a part may read."""
    code = at.removeprefix(QUESTION) if at.startswith(QUESTION) else None
    language, said = current_language(), labels.condition_words()
    if at.startswith(PAGE):
        pages = list(draft.get("pages", ()))
        here = next((number for number, page in enumerate(pages) if page["id"] == at.removeprefix(PAGE)), len(pages))
        before = {**draft, "pages": pages[:here]}
        upto = {**draft, "pages": pages[: here + 1]}
        return question.Readable(conditions.fields_of(before, None, language, said), conditions.fields_of(upto, None, language, said))
    own = conditions.fields_of(draft, code, language, said, after=True)
    mine = f"{code}{JOINT}"
    return question.Readable({name: one for name, one in own.items() if name != code and not name.startswith(mine)}, own)


def tree_of(draft: Mapping[str, Any], at: str) -> Tree:
    """The stored part as a form's tree."""
    if at.startswith(QUESTION):
        return question.tree_of(parts.part_of(draft, at))
    return wholes.tree_of(draft, at)


def part(found: Questionnaire, asked: Asked) -> dict[str, Any]:
    """Everything that the form of a part shows."""
    draft = found.draft
    shown = shown_languages(draft, asked.languages)
    page: dict[str, Any] = {
        "at": asked.at,
        "token": parts.token(draft, asked.at),
        "tree": asked.tree if asked.tree is not None else tree_of(draft, asked.at),
        "errors": asked.errors,
        "unfinished": asked.unfinished,
        "focus": asked.focus,
        "theirs": asked.theirs,
        "tongues": shown,
        "all_languages": languages_of(draft),
        "language_label": language_label,
        "labels": labels.fields(),
        "can": readable(draft, asked.at),
    }
    if asked.at.startswith(QUESTION):
        return {**page, "kind_of_part": "question", **_question(draft, asked.at.removeprefix(QUESTION))}
    if asked.at.startswith(PAGE):
        return {**page, "kind_of_part": "page", **_page(draft, asked.at.removeprefix(PAGE))}
    return {**page, "kind_of_part": asked.at, "name": sentences.section_labels()[asked.at], **_whole(draft, asked.at)}


def _question(draft: Mapping[str, Any], code: str) -> dict[str, Any]:
    stored = parts.find_question(draft, code) or {}
    kind = QuestionType(stored["type"])
    earlier = [one for one in _before(draft, code) if QuestionType(one["type"]) in CHOICES]
    place = next((n for n, page in enumerate(draft.get("pages", ())) if any(one["code"] == code for one in page.get("questions", ()))), 0)
    return {
        "code": code,
        "number": next((n for n, one in enumerate(parts.questions_of(draft), 1) if one["code"] == code), 0),
        "page_number": place,
        "type": kind,
        "type_name": labels.types()[kind][0],
        "keys": types.keys(kind),
        "lists": types.lists(kind),
        "numbers": types.NUMBERS.get(kind, ()),
        "number_labels": labels.number_labels(kind),
        "displays": [(one.value, labels.displays()[one]) for one in types.DISPLAYS.get(kind, ())],
        "exclusive": kind in types.EXCLUSIVE,
        "other": kind in CHOICES,
        "filed": kind in CHOICES,
        "option_scores": kind in types.OPTION_SCORES,
        "matrix": kind in MATRICES,
        "row_indicators": kind is QuestionType.MATRIX_RATING,
        "may_rule": types.may_rule(kind),
        "rich": types.long_text(kind),
        "carry_from": [(one["code"], conditions.short(words(one.get("text"), draft, one["code"]))) for one in earlier]
        if types.may_carry(kind)
        else [],
        "bank": stored.get("bank"),
        "remarks": [
            labels.remark(name, {**facts, "language": language_label(str(facts.get("language", "")))})
            for name, facts in reading.remarks(stored)
        ],
        "most_options": MOST_OPTIONS,
    }


def _before(draft: Mapping[str, Any], code: str) -> list[Raw]:
    found: list[Raw] = []
    for one in parts.questions_of(draft):
        if one["code"] == code:
            break
        found.append(one)
    return found


def _page(draft: Mapping[str, Any], page_id: str) -> dict[str, Any]:
    pages = list(draft.get("pages", ()))
    here = next(number for number, page in enumerate(pages) if page["id"] == page_id)
    return {
        "page_id": page_id,
        "number": here + 1,
        "page_number": here,
        "only": len(pages) == 1,
        "jump_choices": [("end", _("the end")), *((one[0], page_label(one)) for one in page_choices(draft)[here + 1 :])],
    }


def page_label(choice: tuple[str, str, str]) -> str:
    """A page by number and title."""
    return str(_("Page %(number)s", number=choice[1])) + (f" · {choice[2]}" if choice[2] else "")


def page_choices(draft: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Pages for a drop-down: id, number, title."""
    return [(page["id"], str(number), words(page.get("title"), draft)) for number, page in enumerate(draft.get("pages", ()), 1)]


def _whole(draft: Mapping[str, Any], at: str) -> dict[str, Any]:
    found: dict[str, Any] = {"page_list": page_choices(draft), "page_number": 0, "ending_actions": labels.endings()}
    found |= {"about": labels.about(), "adders": labels.adders()}
    if at == "scores":
        fields: Mapping[str, Field] = conditions.fields_of(draft, None, current_language(), labels.condition_words())
        scored = {one["code"] for one in parts.questions_of(draft) if any("score" in option for option in one.get("options", ()))}
        found["answers"] = [(one.name, one.label) for one in fields.values() if one.kind == "number" or one.name in scored]
    if at == "settings":
        tags = languages_of(draft)
        choices = list(dict.fromkeys([*tags, *NAMES]))
        found |= {"language_choices": choices, "first_choices": [(tag, language_label(tag)) for tag in choices]}
        found |= {"done": completeness(draft, choices), "kinds": sentences.kind_labels()}
    return found


def completeness(draft: Mapping[str, Any], tags: Sequence[str]) -> dict[str, tuple[int, int]]:
    """For each language how many of the texts are written, of those that any language has."""
    found = [texts for texts in _all_texts(draft) if any(texts.values())]
    return {tag: (sum(1 for texts in found if texts.get(tag)), len(found)) for tag in tags}


def _all_texts(value: Any, key: str = "") -> Iterator[Mapping[str, str]]:
    """Every text of the document, as its languages."""
    if isinstance(value, list):
        for one in value:
            yield from _all_texts(one)
    elif isinstance(value, dict):
        if key in TEXT_KEYS:
            yield value
            return
        for name, one in value.items():
            yield from _all_texts(one, name)
