"""The programme's dashboard, its figures as a file, and its glance on the home page."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.club import dashboard, words
from officers.club.dashboard import Board
from officers.club.store.figures import HOURS
from portal.audit.trail import record
from portal.foundation import web
from portal.foundation.clock import day_in
from portal.foundation.i18n import _
from portal.people import access, sheets
from portal.people.access import Me
from portal.people.edge import day_of, today

blueprint = Blueprint("programme_board", __name__, url_prefix="/portal/officers")
READ, GLANCE = "programme.read", "programme.glance"
"""Who sees the dashboard, and on whose home page its glance stands."""


def _read(session: Session) -> Board:
    wanted = dashboard.period(day_of(request.args.get("from")), day_of(request.args.get("to")), today())
    return dashboard.read(session, access.view(READ), wanted, web.ground().settings.zone, web.now())


@blueprint.get("/dashboard")
@access.allow(READ)
def show() -> ResponseReturnValue:
    """The dashboard; `?from=` and `?to=` choose the days."""
    with web.reading() as session:
        board = _read(session)
    return web.render(
        "officers/club/dashboard.html",
        board=board,
        words=words,
        charts=charts(board),
        rows=within(board),
        may_issues=access.may("issues.read"),
    )


def charts(board: Board) -> dict[str, Any]:
    """What the charts draw; each has its table."""
    labels = [one.isoformat() for one in board.spans]
    return {
        "work": {"kind": "bars", "labels": labels, "series": [{"name": str(_("Submissions")), "values": board.work}], "decimals": 0},
        "points": {"kind": "bars", "labels": labels, "series": [{"name": str(_("Points issued")), "values": board.issued}], "decimals": 0},
        "funnel": [
            {"label": label, "value": value}
            for label, value in zip(
                (_("Applied"), _("Accepted as officers"), _("Passed the training"), _("Became active"), _("Handed something in")),
                board.way,
                strict=True,
            )
        ],
    }


def within(board: Board) -> list[tuple[str, int]]:
    """Decisions by how long they took."""
    names = [str(_("Within %(n)s hours", n=hours)) for hours in HOURS] + [str(_("After that"))]
    return list(zip(names, board.reviews.within, strict=True))


@blueprint.get("/dashboard.csv")
@access.allow(READ)
def export() -> ResponseReturnValue:
    """The figures of the page as a file."""
    with web.writing() as session:
        board = _read(session)
        record(session, access.actor(), "programme.export", "programme", None, web.now(), {"first": board.period.first.isoformat()})
    name = f"programme-{board.period.first}-{board.period.last}.csv"
    body = sheets.dump([str(_("Figure")), str(_("Value"))], lines(board))
    return Response(body, mimetype="text/csv", headers={"Content-Disposition": f"attachment; filename={name}"})


def lines(board: Board) -> list[list[Any]]:
    """The figures, a line each."""
    found: list[list[Any]] = [[str(one["label"]), one["value"]] for one in charts(board)["funnel"]]
    found += [[str(_("Active officers")), board.active], [str(_("Officers at work in the time")), board.at_work]]
    for kind in board.kinds:
        name = str(words.TASK_KINDS[kind.kind])
        found += [[f"{name}: {_('handed in')}", kind.handed_in], [f"{name}: {_('approved')}", kind.approved]]
    found += [[f"{_('Review decisions')}: {name}", n] for name, n in within(board)]
    found += [[str(_("Agreement of two reviewers (kappa)")), "" if board.kappa is None else round(board.kappa, 3)]]
    found += [[f"{_('Experience points')}: {words.MOVES[kind]}", amount] for kind, amount in sorted(board.moved.items())]
    found += [[f"{_('Experience points')}: {name}", n] for name, n in standing(board)]
    found += [[str(_("Issues verified")), board.verified]]
    found += [[str(_("Issues verified per 100 submissions")), "" if board.per_hundred is None else round(board.per_hundred, 1)]]
    return found


def standing(board: Board) -> list[tuple[str, int]]:
    """Points as they stand now, named."""
    names = (_("held by officers (liability)"), _("pending"), _("expiring within 60 days"), _("owed"), _("promised for verified issues"))
    return [(str(name), value) for name, value in zip(names, board.points, strict=True)]


def glance(session: Session, me: Me, now: datetime) -> dict[str, Any] | None:
    """The programme at a glance, for the home page of those who run it."""
    zone = web.ground().settings.zone
    board = dashboard.read(session, me.scope(GLANCE, now), dashboard.period(None, None, day_in(zone, now)), zone, now)
    if not board.states:
        return None
    return {"board": board, "link": _("Dashboard"), "link_url": url_for("programme_board.show")}
