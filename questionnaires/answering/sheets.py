"""Print sheets for a branch tree: ordered by staff, missing codes made with the order, the PDF made by a job."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.errors import Conflict, InvalidInput
from portal.foundation.ids import new_id
from portal.people import units
from portal.people.rules.roles import Scope
from questionnaires.answering import poster_store, posters
from questionnaires.answering.links_models import LAYOUTS, PosterSheet
from questionnaires.answering.poster_store import Filters, PosterRow

MOST_CODES = 2_000
LONGEST = 40
SERVING = frozenset({"outlet", "sub_branch"})
"""Kinds of units that customers come to."""


class NothingToPrint(Conflict):
    """No code in use below this unit."""

    code = "nothing_to_print"


class TooManyCodes(Conflict):
    """More codes than one sheet takes."""

    code = "too_many_codes"


@dataclass(frozen=True)
class Order:
    """What is to be printed.

    questionnaire_id  only codes that ask this one; needed where missing codes are to be made
    """

    unit_id: UUID
    layout: str
    caption_zh: str
    caption_en: str
    questionnaire_id: UUID | None = None
    make_missing: bool = False


def order(session: Session, wanted: Order, actor: Actor, now: datetime) -> PosterSheet:
    """Take an order; the job makes the PDF.

    Raises  InvalidInput, NotFound, NotPublished, NothingToPrint, TooManyCodes
    """
    _check(wanted)
    made = _make_missing(session, wanted, actor, now) if wanted.make_missing and wanted.questionnaire_id else 0
    rows = codes(session, wanted.unit_id, wanted.questionnaire_id, now)
    if not rows:
        raise NothingToPrint
    if len(rows) > MOST_CODES:
        raise TooManyCodes(most=MOST_CODES)
    options: dict[str, Any] = {"caption_zh": wanted.caption_zh, "caption_en": wanted.caption_en}
    if wanted.questionnaire_id:
        options["questionnaire"] = str(wanted.questionnaire_id)
    found = PosterSheet(
        made_by=_maker(actor), unit_id=wanted.unit_id, layout=wanted.layout, options=options, total=len(rows), created_at=now
    )
    session.add(found)
    session.flush()
    record(session, actor, "poster.sheet", "unit", wanted.unit_id, now, {"codes": len(rows), "made": made})
    return found


def codes(session: Session, unit_id: UUID, questionnaire_id: UUID | None, now: datetime) -> list[PosterRow]:
    """The codes of a sheet: in use, on paper, below a unit."""
    rows = poster_store.in_tree(session, Scope(unit_ids=(unit_id,)), Filters(questionnaire_id=questionnaire_id), now, MOST_CODES + 1)
    return [row for row in rows if row.poster.channel == "poster"]


def _check(wanted: Order) -> None:
    wrong = {} if wanted.layout in LAYOUTS else {"layout": "answer_required"}
    for name in ("caption_zh", "caption_en"):
        text = getattr(wanted, name)
        if not text.strip() or len(text) > LONGEST or "\x00" in text:
            wrong[name] = "answer_required" if not text.strip() else "text_too_long"
    if wanted.make_missing and wanted.questionnaire_id is None:
        wrong["questionnaire"] = "answer_required"
    if wrong:
        raise InvalidInput(wrong)


def _maker(actor: Actor) -> UUID:
    found = actor.user_id
    assert found is not None, "sheets are ordered by people"
    return found


def _make_missing(session: Session, wanted: Order, actor: Actor, now: datetime) -> int:
    """A code for every serving unit below that has none for its whole house; all of them in two statements."""
    assert wanted.questionnaire_id is not None
    posters.check_published(session, wanted.questionnaire_id)
    below = units.nodes(session, Scope(unit_ids=(wanted.unit_id,)), now)
    serving = [node.unit.id for node in below if node.unit.kind in SERVING and node.unit.closed_at is None]
    there = poster_store.units_with_code(session, wanted.questionnaire_id, serving)
    missing = [unit_id for unit_id in serving if unit_id not in there]
    if len(missing) > MOST_CODES:
        raise TooManyCodes(most=MOST_CODES)
    if not missing:
        return 0
    places = [(posters.new_code(), unit_id) for unit_id in missing]
    rows = [
        {"code": code, "questionnaire_id": wanted.questionnaire_id, "created_at": now, **vars(posters.Place(unit_id))}
        for code, unit_id in places
    ]
    firsts = [
        {"id": new_id(), "code": code, "questionnaire_id": wanted.questionnaire_id, "pointed_at": now, "pointed_by": actor.user_id}
        for code, _ in places
    ]
    poster_store.add_all(session, rows, firsts)
    return len(missing)
