"""What the editor does to a stored draft: read the form, change the definition, save it at the revision that was seen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, NotFound
from questionnaires.bank import bank
from questionnaires.bank.question_form import QuestionForm
from questionnaires.bank.question_form import read as read_question
from questionnaires.library import condition_rows, editing, library
from questionnaires.library.condition_rows import Row
from questionnaires.library.models import Questionnaire
from questionnaires.logic.definition import Definition, Question, QuestionType
from questionnaires.logic.validate import tidy

WORDING = ("title", "intro", "thank_you", "privacy")
LABELS: Mapping[QuestionType, tuple[dict[str, str], dict[str, str]]] = {
    QuestionType.NPS: ({"zh-Hans": "0 完全不会", "en": "0 not at all likely"}, {"zh-Hans": "10 一定会", "en": "10 extremely likely"}),
    QuestionType.CSAT: ({"zh-Hans": "1 很不满意", "en": "1 very dissatisfied"}, {"zh-Hans": "5 很满意", "en": "5 very satisfied"}),
    QuestionType.CES: ({"zh-Hans": "1 很不同意", "en": "1 strongly disagree"}, {"zh-Hans": "7 很同意", "en": "7 strongly agree"}),
}
"""Balanced ends that a new scale starts with."""

Change = Callable[[Definition], Definition]


@dataclass(frozen=True)
class Shown:
    """A question's form as it is drawn: its fields, its condition's rows, or that rows can't say the condition."""

    form: QuestionForm
    mode: str
    rows: list[Row]
    complex: bool


def change(session: Session, questionnaire_id: UUID, revision: int, how: Change, actor: Actor, now: datetime) -> Questionnaire:
    """Apply a change to the draft and save it.

    Raises  NotFound, where the question is gone too; InvalidInput where the questionnaire is full; as `library.save_draft`
    """
    draft = library.draft_of(library.get(session, questionnaire_id))
    try:
        changed = how(draft)
    except editing.NoSuchQuestion:
        raise NotFound from None
    except ValueError:
        raise InvalidInput({"question": "questionnaire_full"}) from None
    return library.save_draft(session, questionnaire_id, changed, revision, actor, now)


def add_new(session: Session, questionnaire_id: UUID, revision: int, kind: QuestionType, page: str, actor: Actor, now: datetime) -> str:
    """Add an empty question of a type; its code."""
    draft = library.draft_of(library.get(session, questionnaire_id))
    scale = kind in LABELS
    code = editing.free_code(draft, kind.value if scale else f"q{len(draft.by_code) + 1}")
    low, high = LABELS.get(kind, ({}, {}))
    taken = {question.indicator for question in draft.questions()}
    indicator = kind.value if scale and kind.value not in taken else None
    question = Question(
        code=code, type=kind, low_label=_known(low, draft), high_label=_known(high, draft), indicator=indicator, required=scale
    )
    change(session, questionnaire_id, revision, lambda now_draft: editing.add(now_draft, question, page), actor, now)
    return code


def add_from_bank(session: Session, questionnaire_id: UUID, revision: int, ids: list[UUID], page: str, actor: Actor, now: datetime) -> None:
    """Add questions of the bank, each under a free code; an indicator that is fed already is left to the first."""
    taken = [bank.take(session, one) for one in ids]

    def put_all(draft: Definition) -> Definition:
        for question in taken:
            fed = {one.indicator for one in draft.questions()}
            fresh = {
                "code": editing.free_code(draft, question.code),
                "indicator": None if question.indicator in fed else question.indicator,
            }
            draft = editing.add(draft, question.model_copy(update=fresh), page)
        return draft

    change(session, questionnaire_id, revision, put_all, actor, now)


def take_newer(session: Session, questionnaire_id: UUID, revision: int, code: str, actor: Actor, now: datetime) -> None:
    """Put the bank's newest wording in a question's place; code, condition, indicator and whether it is required stay.

    Raises  NotFound where the question is gone or came from no bank
    """

    def swap(draft: Definition) -> Definition:
        before = draft.by_code.get(code)
        if before is None or before.bank is None:
            raise editing.NoSuchQuestion(code)
        kept = {name: getattr(before, name) for name in ("code", "show_if", "required", "indicator")}
        return editing.replace(draft, code, bank.take(session, before.bank.question).model_copy(update=kept))

    change(session, questionnaire_id, revision, swap, actor, now)


def rows(question: Question) -> tuple[str, list[Row], bool]:
    """Mode, rows and whether the condition is more than rows can say."""
    found = condition_rows.rows_of(question.show_if)
    return ("all", [], True) if found is None else (*found, False)


def read(form: Mapping[str, str], draft: Definition, question: Question) -> tuple[Question | None, Shown]:
    """The question as typed, with its condition; None where something can't be read."""
    changed, shape = read_question(form, question, draft.languages)
    if "keep_condition" in form and form["keep_condition"] == "1":
        return changed, Shown(shape, *rows(question))
    condition, typed = condition_rows.read(form, condition_rows.earlier_questions(draft, question.code))
    shown = Shown(shape, form.get("if-mode", "all"), typed, complex=False)
    if changed is None or any(row.error for row in typed):
        return None, shown
    return changed.model_copy(update={"show_if": condition}), shown


def put(session: Session, questionnaire_id: UUID, revision: int, code: str, question: Question, actor: Actor, now: datetime) -> None:
    """Save a question's form."""
    change(session, questionnaire_id, revision, lambda draft: editing.replace(draft, code, question), actor, now)


def wording_texts(draft: Definition, form: Mapping[str, str] | None) -> dict[str, dict[str, str]]:
    """The whole questionnaire's texts by part and language: as typed, else as they are."""
    if form is None:
        return {part: dict(getattr(draft, part)) for part in WORDING}
    return {part: {tag: words for tag in draft.languages if (words := tidy(form.get(f"{part}-{tag}", ""))[:2000])} for part in WORDING}


def put_wording(
    session: Session,
    questionnaire_id: UUID,
    revision: int,
    data: Mapping[str, Any],
    texts: Mapping[str, Mapping[str, str]],
    actor: Actor,
    now: datetime,
) -> None:
    """Save texts, languages, class, folder and anonymity; texts of languages that are left out stay in the draft for later.

    Raises  as `library.save_draft`; ValueError (pydantic's)
    """

    def words(draft: Definition) -> Definition:
        chosen = [tag for tag in draft.languages if tag in data["languages"]] + [
            tag for tag in data["languages"] if tag not in draft.languages
        ]
        whole = {part: {**getattr(draft, part), **dict.fromkeys(draft.languages, ""), **texts[part]} for part in WORDING}
        clean = {part: {tag: text for tag, text in one.items() if text} for part, one in whole.items()}
        return editing.with_words(
            draft, languages=chosen or list(draft.languages), kind=data["kind"], anonymous=bool(data["anonymous"]), **clean
        )

    library.set_folder(session, questionnaire_id, (data["folder"] or "").strip(), actor, now)
    change(session, questionnaire_id, revision, words, actor, now)


def _known(texts: Mapping[str, str], draft: Definition) -> dict[str, str]:
    return {tag: words for tag, words in texts.items() if tag in draft.languages}
