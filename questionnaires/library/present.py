"""What the library's pages show, read and put into words."""

from typing import Any
from uuid import UUID

from flask import current_app
from sqlmodel import Session

from portal.foundation.i18n import _, current_language, pick
from portal.people.rules.roles import Role
from questionnaires.bank import forbidden, nodes
from questionnaires.bank import store as bank_store
from questionnaires.bank.labels import language_label, type_labels, words_of
from questionnaires.bank.present import page_above
from questionnaires.library import folders, library, lifecycle, sentences, shipped, store
from questionnaires.library.lifecycle import Decider
from questionnaires.library.models import ApprovalStep, Questionnaire, VersionFigures
from questionnaires.logic.check import check, estimated_seconds
from questionnaires.logic.definition import Definition, text_in
from questionnaires.logic.findings import Finding, Severity


def title_of(questionnaire: Questionnaire) -> str:
    """The title for the reader, else the code."""
    return pick(questionnaire.title_zh, questionnaire.title_en) or questionnaire.code


def steps_of(state: str, steps: list[ApprovalStep], names: dict[UUID, str], published: bool) -> list[dict[str, Any]]:
    """The lifecycle as a list of steps."""
    written = "now" if state in ("draft", "returned") else "done"
    shown: list[dict[str, Any]] = [{"title": _("Draft"), "state": written, "note": ""}]
    due = lifecycle.due_step(steps)
    for step in steps:
        mark = {"approved": "done", "returned": "failed"}.get(step.decision or "", "now" if step is due else "next")
        who = names.get(step.decided_by) if step.decided_by else None
        shown.append(
            {"title": _("Approval by %(roles)s", roles=roles(step)), "state": mark, "note": " · ".join(filter(None, [who, step.comment]))}
        )
    if not steps:
        shown.append({"title": _("Approval"), "state": "done" if published and state == "published" else "next", "note": ""})
    last = "done" if state == "published" and published else "now" if state == "approved" else "next"
    return [*shown, {"title": _("Published"), "state": last, "note": ""}]


def roles(step: ApprovalStep) -> str:
    """Who decides a step."""
    return str(_(" or ")).join(role_label(role) for role in step.roles)


def role_label(role: str) -> str:
    """A role's name."""
    names = {
        Role.APPROVER: _("approver"),
        Role.COMPLIANCE_OFFICER: _("compliance officer"),
        Role.EXECUTIVE: _("executive"),
        Role.COMPLAINT_CENTRE: _("complaint centre"),
        Role.ADMINISTRATOR: _("administrator"),
        Role.ANALYST: _("analyst"),
    }
    return str(names.get(Role(role), role))


def findings(session: Session, definition: Definition) -> list[dict[str, Any]]:
    """The check's findings in words, errors first."""
    found = [*check(definition, forbidden.lists(session)), *nodes.findings(session, definition)]
    found.sort(key=lambda one: one.severity is not Severity.ERROR)
    return [_finding(one, definition) for one in found]


def checked(session: Session, questionnaire: Questionnaire) -> dict[str, Any]:
    """The check for the builder's side: findings with the part to open, a mark for each question, what is in order."""
    definition = library.draft_of(questionnaire)
    found = findings(session, definition)
    marks = {question.code: "none" for question in definition.questions()}
    for one in found:
        if one["question"] in marks and marks[one["question"]] != "bad":
            marks[one["question"]] = "bad" if one["error"] else "warn"
    return {
        "questionnaire": questionnaire,
        "findings": found,
        "errors": sum(one["error"] for one in found),
        "marks": marks,
        "good": [] if found else [_("Nothing found: it can be handed in.")],
        "seconds": estimated_seconds(definition),
    }


def _finding(one: Finding, definition: Definition) -> dict[str, Any]:
    number = next((n for n, question in enumerate(definition.questions(), 1) if question.code == one.question), None)
    at, place = _where(one, definition, number)
    text, wrong = sentences.finding(one, definition), one.severity is Severity.ERROR
    return {"text": text, "error": wrong, "question": one.question, "number": number, "at": at, "place": place}


def _where(one: Finding, definition: Definition, number: int | None) -> tuple[str, str]:
    """The builder's part that a finding is mended in, and its name."""
    if number is not None:
        return f"q:{one.question}", _("Question %(number)s", number=number)
    page = next((n for n, page in enumerate(definition.pages, 1) if page.id == one.page), None)
    if page is not None:
        return f"page:{one.page}", _("Page %(number)s", number=page)
    for name in ("block", "experiment", "quota", "score", "ending"):
        if name in one.facts:
            return f"{name}s", sentences.section_labels()[f"{name}s"]
    return (
        ("texts", sentences.section_labels()["texts"])
        if "part" in one.facts or "word" in one.facts
        else ("settings", sentences.section_labels()["settings"])
    )


def whole(session: Session, questionnaire: Questionnaire, decider: Decider) -> dict[str, Any]:
    """Everything that a questionnaire's own page shows."""
    definition = library.draft_of(questionnaire)
    versions = store.versions(session, questionnaire.id)
    steps = store.steps(session, questionnaire.id, questionnaire.draft_revision)
    state = lifecycle.state_of(session, questionnaire)
    names = store.names(session, [questionnaire.owner_id, *(step.decided_by for step in steps), *(one.published_by for one in versions)])
    found = findings(session, definition)
    figures = store.figures(session, questionnaire.current_version_id)
    return {
        "figures": figures,
        "dropped": dropped(session, questionnaire, figures),
        "soft": {"least": lifecycle.SOFT_LEAST, "usual": lifecycle.SOFT_USUAL, "most": lifecycle.SOFT_MOST},
        "export_url": page_above("interchange.give", questionnaire_id=questionnaire.id),
        "questionnaire": questionnaire,
        "title": title_of(questionnaire),
        "definition": definition,
        "state": state,
        "steps": steps_of(state, steps, names, bool(versions)),
        "due": lifecycle.due_step(steps),
        "refusal": lifecycle.may_decide(session, questionnaire, decider) if state == "submitted" else "",
        "returned": next((step for step in steps if step.decision == "returned"), None),
        "versions": versions,
        "names": names,
        "findings": found,
        "errors": sum(one["error"] for one in found),
        "seconds": estimated_seconds(definition),
        "outline": outline(session, definition),
        "types": type_labels(),
        "kinds": sentences.kind_labels(),
        "folder": folders.names(session).get(questionnaire.folder, questionnaire.folder),
        "language_names": [language_label(tag) for tag in definition.languages],
        "awaited": roles(due) if (due := lifecycle.due_step(steps)) else "",
        "preview": preview_url(questionnaire.id),
        "test_links": "test_links.make" in current_app.view_functions,
    }


def dropped(session: Session, questionnaire: Questionnaire, figures: VersionFigures | None) -> list[dict[str, Any]]:
    """Where people stopped in a soft launch, question by question, in the words of its version."""
    if figures is None or questionnaire.soft_limit is None or not figures.dropped:
        return []
    version = library.current_version(session, questionnaire)
    asked = Definition.from_json(version.definition) if version else Definition(title={})
    lines = []
    for number, question in enumerate(asked.questions(), 1):
        reached, left = figures.dropped.get(question.code, (0, 0))
        lines.append(
            {"number": number, "text": words_of(question), "reached": reached, "left": left, "share": left / reached if reached else 0}
        )
    return lines


def preview_url(questionnaire_id: UUID) -> str:
    """The draft as a customer sees it; that page belongs to a higher room."""
    return page_above("answering.preview", questionnaire_id=questionnaire_id)


def outline(session: Session, definition: Definition) -> list[dict[str, Any]]:
    """Pages and questions, in words, with what the editor says about each."""
    newest = bank_store.newest(session, [question.bank.question for question in definition.questions() if question.bank])
    problems: dict[str, list[dict[str, Any]]] = {}
    for one in findings(session, definition):
        problems.setdefault(one["question"] or "", []).append(one)
    number, pages = 0, []
    for page in definition.pages:
        questions = []
        for question in page.questions:
            number += 1
            source = question.bank
            questions.append({
                "number": number,
                "code": question.code,
                "type": question.type.value,
                "text": words_of(question),
                "required": question.required,
                "indicator": question.indicator,
                "options": [text_in(option.text, current_language()) for option in question.options],
                "condition": sentences.condition(question.show_if, definition) if question.show_if else "",
                "problems": problems.get(question.code, []),
                "newer": newest.get(source.question) if source and newest.get(source.question, 0) > source.revision else None,
            })  # fmt: skip
        pages.append(
            {"id": page.id, "questions": questions, "condition": sentences.condition(page.show_if, definition) if page.show_if else ""}
        )
    return pages


def starts(session: Session) -> list[tuple[str, str]]:
    """What a new questionnaire can begin from."""
    ready = [
        (f"template:{one.code}", _("Template: %(title)s", title=text_in(one.definition.title, current_language())))
        for one in shipped.templates()
    ]
    copies = [(f"copy:{row.id}", _("Copy of %(title)s", title=title_of(row))) for row in store.listed(session, store.Filters())]
    return [("", _("A blank page")), *ready, *copies]
