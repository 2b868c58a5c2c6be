"""What differs between two definitions: questions added, removed, moved, changed, worded differently."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from questionnaires.logic.definition import Definition, Question
from questionnaires.logic.piping import texts_of

WORDS = frozenset({"text", "help", "low_label", "high_label"})


@dataclass(frozen=True)
class Difference:
    """One difference. `kind`: added, removed, moved, changed or worded; `part` names what, `before` and `after` show it."""

    kind: str
    question: str
    part: str = ""
    language: str = ""
    before: str = ""
    after: str = ""


def compare(old: Definition, new: Definition) -> list[Difference]:
    """All differences: of the whole, then question by question in the new order, then what is gone."""
    found = list(_whole(old, new))
    before, after = _order(old), _order(new)
    kept = [code for code in after if code in before]
    moved = _moved([code for code in before if code in after], kept)
    for question in new.questions():
        earlier = old.by_code.get(question.code)
        if earlier is None:
            found.append(Difference("added", question.code, after=_any_text(question)))
            continue
        found += (
            [Difference("moved", question.code)] if question.code in moved or _page(old, question.code) != _page(new, question.code) else []
        )
        found += _question(earlier, question)
    found += [Difference("removed", one.code, before=_any_text(one)) for one in old.questions() if one.code not in after]
    return found


def _whole(old: Definition, new: Definition) -> Iterator[Difference]:
    for part in ("title", "intro", "thank_you", "privacy"):
        yield from _texts("", part, getattr(old, part), getattr(new, part))
    for part in ("languages", "kind", "anonymous", "theme"):
        yield from _value("", part, getattr(old, part), getattr(new, part))


def _question(old: Question, new: Question) -> Iterator[Difference]:
    for part in type(new).model_fields:
        before, after = getattr(old, part), getattr(new, part)
        if part in WORDS:
            yield from _texts(new.code, part, before, after)
        elif part == "options":
            yield from _options(old, new)
        elif part == "show_if":
            yield from _value(new.code, part, before and before.model_dump_json(), after and after.model_dump_json())
        elif part not in ("code", "bank", "tags"):
            yield from _value(new.code, part, before, after)


def _options(old: Question, new: Question) -> Iterator[Difference]:
    before, after = {one.code: one for one in old.options}, {one.code: one for one in new.options}
    for code, option in after.items():
        if code not in before:
            yield Difference("added", new.code, "option", after=next(iter(option.text.values()), code))
            continue
        yield from _texts(new.code, "option", before[code].text, option.text)
        for part in ("exclusive", "other", "score", "node"):
            yield from _value(new.code, part, getattr(before[code], part), getattr(option, part))
    for code, option in before.items():
        if code not in after:
            yield Difference("removed", new.code, "option", before=next(iter(option.text.values()), code))


def _texts(question: str, part: str, old: Any, new: Any) -> Iterator[Difference]:
    for language in dict.fromkeys([*old, *new]):
        if old.get(language, "") != new.get(language, ""):
            yield Difference("worded", question, part, language, old.get(language, ""), new.get(language, ""))


def _value(question: str, part: str, old: Any, new: Any) -> Iterator[Difference]:
    if old != new:
        yield Difference("changed", question, part, "", _shown(old), _shown(new))


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _any_text(question: Question) -> str:
    return next((words for texts in texts_of(question) for words in texts.values() if words), question.code)


def _order(definition: Definition) -> list[str]:
    return [question.code for question in definition.questions()]


def _page(definition: Definition, code: str) -> int:
    return next(number for number, page in enumerate(definition.pages) if any(question.code == code for question in page.questions))


def _moved(before: list[str], after: list[str]) -> set[str]:
    """Those that stand elsewhere among the kept ones: all but the longest run that kept its order."""
    places = {code: index for index, code in enumerate(before)}
    longest: list[str] = []
    runs: list[list[str]] = []
    for code in after:
        best: list[str] = []
        for run in runs:
            if places[run[-1]] < places[code] and len(run) > len(best):
                best = run
        runs.append([*best, code])
        longest = runs[-1] if len(runs[-1]) > len(longest) else longest
    return set(after) - set(longest)
