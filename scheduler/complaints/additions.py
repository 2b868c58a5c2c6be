"""What this room adds to the product; the package's feature file hands it on."""

from datetime import datetime
from typing import Any

from flask import Blueprint, url_for
from sqlmodel import Session

from portal.foundation.i18n import _, _l
from portal.people.access import Me
from portal.people.parts import CustomerPart, Held
from portal.people.rules.roles import Permission, Role
from portal.shell.features import MenuItem, Panel
from scheduler.cases import hooks
from scheduler.complaints import api, desk_views, erasing, handling, jobs, public_views, step_views, views
from scheduler.complaints.store import complaints as store
from scheduler.complaints.store import library as library_store

WORKERS = frozenset({Role.OUTLET_MANAGER, Role.CASE_HANDLER, Role.COMPLAINT_CENTRE})
READERS = WORKERS | {Role.ADMINISTRATOR, Role.COMPLIANCE_OFFICER, Role.EXECUTIVE}
EVERYBODY = frozenset(role for role in Role if role is not Role.API_CLIENT and role is not Role.AUDITOR)

BLUEPRINTS: tuple[Blueprint, ...] = (step_views.blueprint, desk_views.blueprint, public_views.blueprint, api.blueprint)
PERMISSIONS = (
    Permission(views.READ, READERS),
    Permission(views.WORK, WORKERS),
    Permission(views.APPROVE, frozenset({Role.OUTLET_MANAGER, Role.COMPLAINT_CENTRE})),
    Permission(views.SETTINGS, frozenset({Role.COMPLAINT_CENTRE, Role.ADMINISTRATOR})),
    Permission(views.ADVISE, READERS),
    Permission(desk_views.READ, EVERYBODY),
    Permission(desk_views.EDIT, WORKERS),
    Permission(desk_views.APPROVE, frozenset({Role.COMPLAINT_CENTRE, Role.OUTLET_MANAGER})),
)


def _count(session: Session, me: Me, now: datetime) -> int:
    """How many open complaints are overdue in one's units."""
    return store.counts(session, me.scope(views.WORK, now), now)["overdue"]


MENU = (
    MenuItem("right", _l("Complaints"), "complaints.index", "flag", views.READ, order=20, count=_count),
    MenuItem("right", _l("Case library"), "case_library.index", "layers", desk_views.READ, order=60),
)


def _panel(session: Session, me: Me, now: datetime) -> dict[str, Any] | None:
    """Open complaints of one's units, and what an expert was asked."""
    counts = store.counts(session, me.scope(views.WORK, now), now)
    asked = library_store.waiting_opinions(session, me.user_id)
    if not counts["open"] and not asked:
        return None
    return {"counts": counts, "asked": asked, "link": _("Complaints"), "link_url": url_for("complaints.index")}


PANELS = (Panel(_l("Open complaints"), "scheduler/complaints/panel.html", views.READ, _panel, order=15),)
JOBS = jobs.JOBS
KEPT = Held("complaint_file", "complaints", erasing.since)
CUSTOMER_PARTS = (
    CustomerPart("complaints", _l("Complaints"), permission=views.READ, erase=erasing.erase, export=erasing.export, held=KEPT),
)


def stats(session: Session) -> dict[str, int]:
    """How many complaints there are."""
    return {"complaints": store.total(session)}


hooks.before("complaint", handling.guard)
hooks.after("complaint", handling.follow)
