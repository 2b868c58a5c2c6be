"""Campaigns for those who take part: what runs, and what came of it."""

from typing import Any

from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.ideas import campaigns, reading
from officers.ideas.campaign_models import IdeaCampaign
from officers.ideas.pages import Shell
from officers.ideas.store import campaigns as store
from officers.ideas.store.ideas import Filter
from officers.ideas.store.ideas import page as idea_page
from portal.foundation import cursors, web
from portal.foundation.errors import NotFound
from portal.people.edge import asked, page_of, today


def index(shell: Shell) -> ResponseReturnValue:
    """Campaigns, the newest first."""
    with web.reading() as session:
        rows, more = page_of(store.page(session, asked("cursor", 60), drafts=False), store.PAGE)
    cursor = cursors.text_of(rows[-1].ends_on.isoformat(), rows[-1].id) if more else None
    return shell.render("campaigns.html", rows=rows, today=today(), next_cursor=cursor)


def show(shell: Shell, code: str) -> ResponseReturnValue:
    """One campaign: its theme and time, entries, and its result once it is published."""
    with web.reading() as session:
        campaign = store.by_code(session, code[:40])
        if campaign is None or campaign.state == "draft":
            raise NotFound
        person = shell.person(session)
        rows = idea_page(session, Filter("top", campaign_id=campaign.id), 10)[:10]
        lines = reading.lines(session, rows, person, inside=shell.inside)
        values = facts(session, campaign)
    return shell.render("campaign.html", campaign=campaign, lines=lines, today=today(), **values)


def facts(session: Session, campaign: IdeaCampaign) -> dict[str, Any]:
    """What the page of a campaign counts: entries by state, or who answered a survey; prizes and places of a contest."""
    survey = store.survey(session, campaign.survey_id) if campaign.survey_id else None
    return {
        "numbers": store.entry_numbers(session, campaign.id),
        "survey": survey,
        "answered": store.survey_numbers(session, survey.touchpoint) if survey else (0, 0),
        "prizes": store.prizes(session, campaign.id) if campaign.state == "published" else [],
        "ranking": campaigns.ranking(session, campaign) if campaign.kind == "contest" and campaign.state == "published" else [],
    }


ROUTES = (("", "index", index, "GET", False), ("/<code>", "show", show, "GET", False))
