"""The officer's own pages: home, notices, growth and tiers."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from officers.people import growth_store, notice_store, notices, tabs, tiers, words
from officers.people.frame import frame_values
from officers.people.rules.tiers import closed_gates
from officers.people.tier_reading import of_officer
from officers.people.zone import ANY, here, officer_view
from portal.foundation import web

blueprint = Blueprint("officers_zone", __name__, url_prefix="/officers")
blueprint.app_context_processor(frame_values)
ENTRIES, SHOWN = 30, 3


@blueprint.get("")
@officer_view(states=ANY)
def home() -> ResponseReturnValue:
    """Where the officer stands, what is new, and the cards of all rooms."""
    me, now = here(), web.now()
    with web.reading() as session:
        cards = tabs.cards(session, me, now) if me.state in ("active", "paused") else []
        tier = of_officer(session, me.officer_id, now)
        news = [one for one in notice_store.newest(session, me.officer_id, SHOWN) if one.read_at is None]
    lines = [(one, notices.title_of(one.code, one.facts)) for one in news]
    return web.render("officers/people/home.html", cards=cards, tier=tier, news=lines, state=me.state, me=me)


@blueprint.get("/notices")
@officer_view(states=ANY)
def notices_page() -> ResponseReturnValue:
    """What the officer was told, the newest first; looked at from now on."""
    with web.writing() as session:
        rows = notice_store.newest(session, here().officer_id)
        lines = [(one, one.read_at is None, notices.title_of(one.code, one.facts), notices.text_of(one.code, one.facts)) for one in rows]
        session.expunge_all()  # the page shows them as they were
        notice_store.mark_read(session, here().officer_id, web.now())
    return web.render("officers/people/notices.html", lines=lines)


@blueprint.get("/growth")
@officer_view(states=("active", "paused"))
def growth() -> ResponseReturnValue:
    """The tiers, the gates, and where the growth of the last year came from."""
    me, now = here(), web.now()
    with web.reading() as session:
        tier = of_officer(session, me.officer_id, now)
        gates = closed_gates(tier.facts, tier.scheme, now)
        entries = growth_store.newest(session, me.officer_id, ENTRIES)
        record = tiers.records(session, [me.officer_id], now)[me.officer_id]
    return web.render("officers/people/growth.html", tier=tier, gates=gates, words=words, entries=entries, record=record)
