"""What this room adds to the product; the package's feature file hands it on."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, url_for
from sqlmodel import Session

from portal.foundation.i18n import _, _l
from portal.people.access import Me
from portal.people.rules.roles import Permission, Role
from portal.shell.features import MenuItem, Panel
from scheduler.improvement import gathering_views, lasting_views, unreachable, views
from scheduler.improvement.store import issues as store
from scheduler.improvement.words import STATES, TONES

WORKERS = frozenset({Role.OUTLET_MANAGER, Role.COMPLAINT_CENTRE, Role.ADMINISTRATOR, Role.ANALYST, Role.OFFICER_MANAGER})
READERS = WORKERS | {Role.CASE_HANDLER, Role.EXECUTIVE, Role.COMPLIANCE_OFFICER, Role.DESIGNER}
GATHERING = (unreachable,)
"""Imported here so that it hears of what opens no case."""
SHOWN, SOON = 5, timedelta(days=14)

BLUEPRINTS: tuple[Blueprint, ...] = (views.blueprint, gathering_views.blueprint, lasting_views.blueprint)
PERMISSIONS = (
    Permission(views.READ, READERS),
    Permission(views.EDIT, WORKERS),
    Permission(views.VERIFY, frozenset({Role.ANALYST, Role.COMPLAINT_CENTRE, Role.ADMINISTRATOR})),
    Permission(gathering_views.LEAD, frozenset({Role.COMPLAINT_CENTRE, Role.ADMINISTRATOR, Role.ANALYST})),
)
MENU = (MenuItem("right", _l("Improvement register"), "issues.index", "bulb", views.READ, order=50),)


def _panel(session: Session, me: Me, now: datetime) -> dict[str, Any] | None:
    """The unsettled issues of one's units that are due first."""
    rows = [one for one in store.unsettled(session, me.scope(views.READ, now), now, SHOWN) if one.fix_due_on]
    if not rows:
        return None
    return {"rows": rows, "states": STATES, "tones": TONES, "link": _("Register"), "link_url": url_for("issues.index", state="open")}


PANELS = (Panel(_l("Issues to be fixed"), "scheduler/improvement/panel.html", views.EDIT, _panel, order=40),)


def stats(session: Session) -> dict[str, int]:
    """How many issues are on the register."""
    return {"issues": store.total(session)}
