"""The pages of messages and channels."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import NotFound
from portal.foundation.i18n import _, _n
from portal.people import access
from scheduler.delivery import outgoing, tallying, words
from scheduler.delivery.channel_models import ChannelState
from scheduler.delivery.channels.available import set_up
from scheduler.delivery.compose import preview
from scheduler.delivery.store import channels as channel_store
from scheduler.delivery.store import pages
from scheduler.delivery.store import receipts as receipt_store
from scheduler.delivery.store.tallies import Sums

blueprint = Blueprint("messages", __name__, url_prefix="/portal/messages")
READ, RESEND, SWITCH = "messages.read", "messages.resend", "channels.switch"
STATES = ("waiting", "sending", "accepted", "dead", "withdrawn", "unknown")


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """Sent messages and what waits, newest first."""
    filters = pages.Filters(*(request.args.get(name, "")[:20] for name in pages.Filters._fields))
    scope = access.view(READ)
    with web.reading() as session:
        lines, following = pages.newest(pages.page(session, scope, web.now(), filters, _uuid(request.args.get("cursor", ""))))
        dead = pages.dead_count(session, scope, web.now())
    return web.render(
        "scheduler/delivery/index.html",
        lines=lines,
        following=following,
        filters=filters,
        dead=dead,
        states=STATES,
        words=words,
        shown=words.shown_state,
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@blueprint.get("/<uuid:message_id>")
@access.allow(READ)
def show(message_id: UUID) -> ResponseReturnValue:
    """One message: what it says, to whom (masked), and what became of it."""
    with web.reading() as session:
        line = pages.one(session, access.scope(READ), web.now(), message_id)
        if line is None:
            raise NotFound
        seen = preview(web.ground(), session, line.message)
        told = receipt_store.of_message(session, message_id)
    shown = {"line": line, "message": line.message, "seen": seen, "told": told}
    return web.render("scheduler/delivery/show.html", **shown, words=words, shown=words.shown_state)


@blueprint.post("/send-again")
@access.allow(RESEND)
def send_again() -> ResponseReturnValue:
    """Send dead letters again."""
    ids = [key for one in request.form.getlist("id")[:1000] if (key := _uuid(one))]
    with web.writing() as session:
        sent = outgoing.send_again(session, access.scope(RESEND), ids, access.actor(), web.now())
    flash(_n("%(num)d message is sent again.", "%(num)d messages are sent again.", sent), "good" if sent else "warn")
    return redirect(url_for("messages.index"))


@blueprint.get("/channels")
@access.allow(READ)
def channels() -> ResponseReturnValue:
    """How each channel does."""
    with web.reading() as session:
        rows, switches = _rows(session), pages.switches(session)
    return web.render("scheduler/delivery/channels.html", rows=rows, everything_on=switches.get(outgoing.ALL, True), words=words)


def _rows(session: Session) -> list[dict[str, Any]]:
    ground, now = web.ground(), web.now()
    sums, switches, month = pages.channel_sums(session, now), pages.switches(session), tallying.month(session, ground.settings.zone, now)
    states, settings = channel_store.states(session), channel_store.settings(session)
    ready = set_up(ground.settings, settings.values())
    return [
        {
            "channel": name,
            "set_up": name in ready,
            "on": switches.get(name, True),
            "sums": sums.get(name, pages.ChannelSums()),
            "rests": rests_until(states.get(name), now),
            "rate": settings[name].rate if name in settings else None,
            "month": month.get(name, Sums()),
        }
        for name in words.CHANNELS
    ]


def rests_until(state: ChannelState | None, now: datetime) -> datetime | None:
    """Until when a channel that did not answer is left alone."""
    return state.open_until if state and state.open_until and state.open_until > now else None


@blueprint.post("/channels/<channel>/<any(on, off):state>")
@access.allow(SWITCH)
def switch(channel: str, state: str) -> ResponseReturnValue:
    """Switch a channel, or everything."""
    with web.writing() as session:
        outgoing.switch(session, channel, access.actor(), web.now(), on=state == "on")
    flash(_("Switched on.") if state == "on" else _("Switched off. Nothing leaves until it is on again."), "good")
    return redirect(url_for("messages.channels"))


def menu_count(session: Any, me: Any, now: Any) -> int:
    """Dead letters, beside the menu's line."""
    return pages.dead_count(session, me.scope(READ, now), now)
