"""Highlights (亮点): what was a nuisance, a pain point or a blind spot, and what it is now, by the figure itself."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.ideas.pages import Shell
from officers.people.zone import Here
from portal.foundation import cursors, web
from portal.foundation.errors import NotFound
from portal.foundation.i18n import _
from portal.people.access import Me
from portal.people.edge import asked, page_of
from questionnaires.metrics.rules.estimate import Estimate
from scheduler.cases.store import units as unit_store
from scheduler.improvement import words as issue_words
from scheduler.improvement.models import Issue
from scheduler.improvement.proving import told
from scheduler.improvement.store import lasting as store
from scheduler.touchpoints.labels import labels

PAGE, ON_HOME = 12, 2


def _story(issue: Issue, units: dict[UUID, tuple[str, str]], names: dict[str, Any]) -> dict[str, Any]:
    """One story with its figure on both sides; nobody is named in it."""
    before: Estimate
    after: Estimate
    (before, *before_days), (after, *after_days) = told(issue.before), told(issue.after)
    label = names.get(issue.touchpoint)
    measured = units.get(issue.measured_unit_id) if issue.measured_unit_id else None
    return {
        "issue": issue, "before": before, "after": after, "before_days": before_days, "after_days": after_days,
        "turned": issue_words.TURNED.get(issue.turned_into or ""), "unit": units.get(issue.unit_id, ("", "")), "measured": measured,
        "touchpoint": (label.zh, label.en) if label else None, "indicator": issue_words.INDICATORS.get(issue.indicator, issue.indicator),
    }  # fmt: skip


def stories(session: Session, rows: list[Issue]) -> list[dict[str, Any]]:
    """Stories as pages show them."""
    ids = {one for row in rows for one in (row.unit_id, row.measured_unit_id) if one}
    units, names = unit_store.names(session, ids), labels(session) if rows else {}
    return [_story(row, units, names) for row in rows]


def index(shell: Shell) -> ResponseReturnValue:
    """All stories, the newest first."""
    with web.reading() as session:
        rows, more = page_of(store.stories(session, PAGE + 1, cursors.at(asked("cursor", 90))), PAGE)
        found = stories(session, rows)
    cursor = cursors.text_of(rows[-1].verified_at, rows[-1].id) if more and rows[-1].verified_at else None
    return shell.render("highlights.html", stories=found, next_cursor=cursor)


def show(shell: Shell, number: str) -> ResponseReturnValue:
    """One story."""
    with web.reading() as session:
        issue = store.story(session, number[:20])
        if issue is None:
            raise NotFound
        [found] = stories(session, [issue])
    return shell.render("highlight.html", story=found)


def panel(session: Session, _me: Me, _now: datetime) -> dict[str, Any] | None:
    """The newest stories on the portal's home page."""
    found = stories(session, store.stories(session, ON_HOME))
    link = {"link": _("All highlights"), "link_url": url_for("highlights.index")}
    return {"stories": found, "here_bp": "highlights", **link} if found else None


def card(session: Session, _here: Here, _now: datetime) -> dict[str, Any] | None:
    """The newest stories on the officer's home page."""
    found = stories(session, store.stories(session, ON_HOME))
    return {"stories": found, "here_bp": "officer_highlights"} if found else None


ROUTES = (("", "index", index, "GET", False), ("/<number>", "show", show, "GET", False))
