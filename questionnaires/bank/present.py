"""What the bank's pages show of a question."""

from typing import Any
from uuid import UUID

from flask import current_app, url_for
from sqlmodel import Session

from portal.foundation.i18n import LANGUAGES
from questionnaires.bank import bank, contents, figures, labels, nodes, store, usage, usage_store
from questionnaires.bank.contents import Section
from questionnaires.logic.definition import Display, Question, text_in


def axis_choices(session: Session, axis: str) -> list[tuple[str, str]]:
    """The categories of an axis that hold anything, with how many."""
    counts = store.category_counts(session)
    return [(code, f"{name} ({counts[axis, code]})") for code, name in labels.category_choices(session, axis) if counts.get((axis, code))]


def languages(content: contents.Content) -> list[str]:
    """The two of the house first, then what else it has words in."""
    return list(dict.fromkeys([*LANGUAGES, *contents.completeness(content)]))


def whole(session: Session, question_id: UUID) -> dict[str, Any]:
    """Everything that the page of one question shows."""
    row, revisions = bank.show(session, question_id)
    known = [(one, bank.content_of(one)) for one in revisions]
    content, measured_by = known[0][1], usage_store.figures(session, question_id)
    people = store.names(session, [row.owner_id, *(one.author_id for one in revisions)])
    filed = any(True for one in contents.questions_of(content) for _pair in nodes.named(one))
    tree = nodes.tree(session) if filed else None
    return {
        "row": row,
        "content": content,
        "node_name": lambda code: nodes.name(tree, code),
        "section": isinstance(content, Section),
        "questions": contents.questions_of(content),
        "known": known,
        "people": people,
        "texts_in": languages(content),
        "shares": contents.completeness(content),
        "places": usage.places(session, question_id),
        "figures": {number: figures.measured(one) for number, one in measured_by.items()},
        "measured": figures.together(measured_by),
        "counted_to": usage_store.last_day(session),
        "names": labels.category_names(session),
        "axes": labels.axis_labels(),
        "types": labels.type_labels(),
        "parts": labels.part_labels(),
        "displays": labels.display_labels(),
        "language_label": labels.language_label,
        "title": labels.words_of(content, row.code),
        "text_in": text_in,
        "settings": settings(content) if isinstance(content, Question) else [],
        "shares_line": " · ".join(f"{labels.language_label(tag)} {share} %" for tag, share in contents.completeness(content).items()),
    }


def settings(question: Question) -> list[str]:
    """What else is set for a question, in words."""
    parts = labels.part_labels()
    found = [parts[name] for name in ("required", "shuffle", "long_only") if getattr(question, name)]
    if question.display is not Display.AUTO:
        found.append(f"{parts['display']}: {labels.display_labels()[question.display]}")
    for name in ("min", "max", "step", "total", "decimals", "max_length"):
        if (number := getattr(question, name)) or (number == 0 and name in ("min", "max")):
            found.append(f"{parts[name]}: {number:g}")
    if question.source:
        found.append(f"{parts['source']}: {question.source}")
    return found


def number(text: str | None, otherwise: int) -> int:
    """A revision's number from the address."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else otherwise


def page_above(view: str, **values: Any) -> str:
    """The address of a page that belongs to a higher room; empty where that room is not there."""
    return url_for(view, **values) if view in current_app.view_functions else ""
