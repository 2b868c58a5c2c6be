"""The page on which decisions are searched: by reason, touchpoint, period, customer or event; and the home page's panel of reasons."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import NotFound
from portal.foundation.i18n import _, pick
from portal.people import access
from portal.people.access import Me
from questionnaires.metrics.asked import Asked, find_place
from questionnaires.metrics.rules.periods import last_days
from questionnaires.metrics.store import reading as metrics_store
from questionnaires.metrics.tree import Tree
from questionnaires.metrics.when import today
from scheduler.contacts import search_store as store
from scheduler.contacts import words
from scheduler.contacts.search_store import PAGE, Found, Wanted
from scheduler.contacts.views import READ
from scheduler.touchpoints import journey_store
from scheduler.touchpoints import store as touchpoint_store
from scheduler.touchpoints.views import zone

blueprint = Blueprint("decisions", __name__, url_prefix="/portal/decisions")
USUAL, MOST, WEEK = 7, 366, 7
LINES = 6


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """Decisions that match, each in one sentence."""
    wanted, scope = _wanted(), access.scope(READ)
    with web.reading() as session:
        found = store.decisions(session, scope, web.now(), wanted, _place())
        names = {code: pick(zh, en) for code, zh, en, _short_zh, _short_en in touchpoint_store.names(session)}
        lost = store.undecided(session, scope, web.now(), wanted.event_id) if wanted.event_id and not found else None
        reasons = _reasons(session, scope)
    following = f"{found[PAGE - 1].evaluated_at.isoformat()}_{found[PAGE - 1].id}" if len(found) > PAGE else None
    rows = [(one, _sentence(one, names)) for one in found[:PAGE]]
    return web.render(
        "scheduler/contacts/decisions.html", rows=rows, wanted=wanted, names=names, lost=lost, following=following, words=words,
        reasons=reasons, days=(wanted.first.astimezone(zone()).date(), (wanted.last - timedelta(seconds=1)).astimezone(zone()).date()),
    )  # fmt: skip


def _sentence(one: Found, names: dict[str, str]) -> str:
    return words.sentence(one.code, one.evidence, web.ground().settings.zone, names)


def _text(name: str) -> str:
    return request.args.get(name, "").replace("\x00", "").strip()[:100]


def _wanted() -> Wanted:
    """The filters; days that make no sense are those of the last week."""
    end = today()
    first, last = end - timedelta(days=USUAL), end
    with suppress(ValueError):
        first, last = (datetime.fromisoformat(_text(name)).date() for name in ("from", "to"))
    if not 0 <= (last - first).days <= MOST:
        first, last = end - timedelta(days=USUAL), end
    begin, close = (datetime.combine(day, datetime.min.time(), zone()).astimezone(UTC) for day in (first, last))
    return Wanted(_text("ref"), _text("event_id"), _text("code"), _text("touchpoint"), begin, close + timedelta(days=1))


def _place() -> tuple[datetime, UUID] | None:
    at, _sep, row = request.args.get("cursor", "").partition("_")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, UUID(row)) if moment.tzinfo else None
    except ValueError:
        return None


def _reasons(session: Session, scope: Any) -> list[tuple[str, int]]:
    """The reasons of the last month, the most frequent first, to choose from."""
    try:
        place = find_place(Asked(), Tree(metrics_store.units(session, today())), scope)
    except NotFound:
        return []
    period = last_days(today(), 31)
    return journey_store.drops(session, place.cut, period.first, period.last)


def panel(session: Session, me: Me, now: datetime) -> dict[str, Any] | None:
    """Why candidates were not asked, this week: the panel of the home page."""
    try:
        place = find_place(Asked(), Tree(metrics_store.units(session, today())), me.scope(READ, now))
    except NotFound:
        return None
    period = last_days(today(), WEEK)
    drops = journey_store.drops(session, place.cut, period.first, period.last)
    volumes = journey_store.volumes(session, place.cut, period.first, period.last)
    total = sum(n for _code, n in drops)
    return {
        "lines": [
            {"label": words.label(code), "n": n, "share": n / total, "url": url_for("decisions.index", code=code)}
            for code, n in drops[:LINES]
        ],
        "more": len(drops) - LINES,
        "total": total,
        "asked": sum(one.invited for one in volumes.values()),
        "link": _("Search decisions"),
        "link_url": url_for("decisions.index"),
        "sub": _("Last %(days)s days", days=WEEK),
    }
