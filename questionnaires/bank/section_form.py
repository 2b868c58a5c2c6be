"""The form of a section: its title in each language, its questions with their places, and questions of the bank to add."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlmodel import Session

from questionnaires.bank import bank, sections, store
from questionnaires.bank.contents import MOST_IN_SECTION, Section
from questionnaires.logic.definition import Question
from questionnaires.logic.validate import tidy

SPARE = 3
LONGEST_TITLE = 200


@dataclass(frozen=True)
class SectionForm:
    """What was typed, by field name; the questions in the order shown; what is wrong."""

    languages: tuple[str, ...]
    questions: tuple[Question, ...]
    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    changed: bool = False


def filled(section: Section, languages: Sequence[str]) -> SectionForm:
    """The form of a section as it is."""
    values = {f"title-{tag}": section.title.get(tag, "") for tag in languages}
    values |= {f"help-{tag}": section.help.get(tag, "") for tag in languages}
    values |= {f"place-{one.code}": str(at) for at, one in enumerate(section.questions, 1)}
    return SectionForm(tuple(languages), section.questions, values)


def read(session: Session, form: Mapping[str, str], before: Section, languages: Sequence[str]) -> tuple[Section | None, SectionForm]:
    """The section as typed; None where something can't be read. Its questions keep their conditions and whatever else they have.

    A question without a place is taken out; added ones come last, under codes that are free.
    """
    values = {name: tidy(value)[:500] for name, value in form.items()}
    errors: dict[str, str] = {}
    texts = {}
    for part in ("title", "help"):
        words = {tag: values.get(f"{part}-{tag}", "") for tag in languages}
        errors |= {f"{part}-{tag}": "text_too_long_here" for tag, text in words.items() if len(text) > LONGEST_TITLE}
        texts[part] = {**getattr(before, part), **words}
    placed = []
    for at, question in enumerate(before.questions):
        text = values.get(f"place-{question.code}", "")
        if text and not (text.isascii() and text.isdigit() and len(text) < 4):
            errors[f"place-{question.code}"] = "not_a_number"
        elif text:
            placed.append((int(text), at, question))
    found = [question for _place, _at, question in sorted(placed, key=lambda one: one[:2])]
    for number in range(SPARE):
        _add(session, f"add-{number}", values, found, errors)
    if len(found) > MOST_IN_SECTION:
        errors["add-0"] = "questionnaire_full"
    shown = SectionForm(tuple(languages), before.questions, values, errors)
    if errors:
        return None, shown
    clean = {part: {tag: words for tag, words in one.items() if words} for part, one in texts.items()}
    return Section(title=clean["title"], help=clean["help"], questions=tuple(found)), shown


def changed_meanwhile(form: SectionForm) -> SectionForm:
    """The form with the note that somebody else was first."""
    return replace(form, changed=True)


def _add(session: Session, name: str, values: Mapping[str, str], found: list[Question], errors: dict[str, str]) -> None:
    code = values.get(name, "")
    if not code:
        return
    row = store.by_code(session, code)
    if row is None or row.kind != "question" or row.retired_at is not None:
        errors[name] = "bank_code_unknown"
        return
    found += sections.fitted([bank.take(session, row.id)], {one.code for one in found})
