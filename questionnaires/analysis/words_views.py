"""Pages of what customers talk about: topics with moods and scores, and the verbatims behind them."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.i18n import _, _l, pick
from portal.people import access
from questionnaires.analysis import asked as address
from questionnaires.analysis import reasons, talk, topics
from questionnaires.analysis.rights import TOPICS_EDIT, WORDS
from questionnaires.analysis.store import words as store
from questionnaires.metrics import labels
from questionnaires.metrics.naming import PERIODS, SOURCE_NAMES, span
from questionnaires.metrics.rules.indicators import kind_of
from questionnaires.metrics.rules.visibility import HIDDEN_BELOW

blueprint = Blueprint("words", __name__, url_prefix="/portal")
PAGE = 30
SOURCES = {**SOURCE_NAMES, "feedback": _l("Feedback without a questionnaire")}
MOODS = {"good": _l("Good"), "neither": _l("Neither"), "bad": _l("Bad")}
BANDS = {"low": _l("Low score"), "mid": _l("Middle score"), "high": _l("High score")}


@blueprint.get("/topics")
@access.allow(WORDS)
def index() -> ResponseReturnValue:
    """Topics of a part of the bank and a period."""
    asked = address.asked()
    with web.reading() as session:
        wanted = address.wanted(session, WORDS, asked)
        read, given = talk.read(session, wanted), reasons.read(session, wanted)
        fresh = talk.new_words(session, wanted.last) if access.scope(WORDS).everything else None
        values = _filters(session, asked, wanted)
        names = {one.code: pick(one.name_zh, one.name_en) for one in topics.choices(session)}
        values["nodes"] = {line.choice.code: pick(line.choice.name_zh, line.choice.name_en) for line in given.lines}
    values |= {"talk": read, "reasons": given, "new_words": fresh, "names": names, "may_edit": access.may(TOPICS_EDIT)}
    return web.render("questionnaires/analysis/topics.html", **values)


@blueprint.get("/verbatims")
@access.allow(WORDS)
def verbatims() -> ResponseReturnValue:
    """What customers said, filtered for personal data; shown where the part of the bank has enough of them that words name nobody."""
    asked = address.asked()
    with web.reading() as session:
        wanted = address.wanted(session, WORDS, asked)
        enough = store.count(session, wanted)
        rows = store.verbatims(session, wanted, address.cursor(), PAGE + 1) if enough >= HIDDEN_BELOW else []
        found = store.topics_of(session, [row.id for row in rows[:PAGE]])
        names = {one.code: pick(one.name_zh, one.name_en) for one in topics.choices(session)}
        values = _filters(session, asked, wanted)
    more = address.cursor_after(rows[PAGE - 1].said_at, rows[PAGE - 1].id) if len(rows) > PAGE else None
    values |= {"topics": sorted(names.items(), key=lambda one: one[1]), "moods": MOODS, "bands": BANDS, "kind_of": kind_of}
    return web.render(
        "questionnaires/analysis/verbatims.html", rows=rows[:PAGE], found=found, names=names, n=enough, next_cursor=more, **values
    )


def _filters(session: Session, asked: address.Asked, wanted: store.Wanted) -> dict[str, Any]:
    """What the bar of filters offers."""
    known = labels.touchpoints(session)
    asked_at = [(code, labels.label_of(known, code).name) for code in store.touchpoints(session, wanted)]
    return {
        "asked": asked,
        "span": span(wanted.first, wanted.last),
        "units": address.unit_choices(session, WORDS),
        "touchpoints": [("", _("All touchpoints")), *asked_at],
        "periods": [(code, PERIODS[code]) for code in address.LENGTHS],
        "sources": [("", _("All sources")), *SOURCES.items()],
        "source_names": SOURCES,
        "touchpoint_of": lambda code: labels.label_of(known, code).name,
    }
