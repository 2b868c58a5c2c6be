"""What the room adds to the product; the package's feature file hands it on."""

from datetime import timedelta

from flask import Blueprint
from sqlmodel import Session

from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from portal.people.parts import CustomerPart
from portal.people.rules.roles import Permission, Role
from portal.shell.features import Check, MenuItem, Panel
from scheduler.cases import (
    alert_views,
    api,
    bulk_views,
    checks,
    customer_views,
    edge,
    erasing,
    jobs,
    kind_views,
    myday_views,
    notice_models,
    panels,
    report_views,
    views,
    work_models,
    work_views,
)
from scheduler.cases.store import stats as stats_store

WORKERS = frozenset({Role.OUTLET_MANAGER, Role.CASE_HANDLER, Role.COMPLAINT_CENTRE})
MANAGERS = frozenset({Role.OUTLET_MANAGER, Role.COMPLAINT_CENTRE})
READERS = WORKERS | {Role.ADMINISTRATOR, Role.COMPLIANCE_OFFICER, Role.EXECUTIVE}
RULE_MAKERS = frozenset({Role.ADMINISTRATOR, Role.COMPLAINT_CENTRE})
RULE_APPROVERS = frozenset({Role.APPROVER, Role.COMPLIANCE_OFFICER, Role.ADMINISTRATOR})
RULE_READERS = RULE_MAKERS | {Role.APPROVER, Role.ANALYST, Role.COMPLIANCE_OFFICER}

TABLES = (notice_models, work_models)
"""Imported here so that the schema knows them, whatever else is."""

BLUEPRINTS: tuple[Blueprint, ...] = (
    views.blueprint,
    work_views.blueprint,
    bulk_views.blueprint,
    myday_views.blueprint,
    report_views.blueprint,
    kind_views.blueprint,
    alert_views.blueprint,
    api.blueprint,
    customer_views.blueprint,
)

PERMISSIONS = (
    Permission(edge.READ, READERS),
    Permission(edge.WORK, WORKERS),
    Permission(edge.MANAGE, MANAGERS),
    Permission(edge.REVEAL, WORKERS),
    Permission(edge.GUIDE, frozenset({Role.COMPLAINT_CENTRE, Role.ADMINISTRATOR})),
    Permission(edge.SET_UP, RULE_MAKERS),
    Permission(edge.APPROVE, MANAGERS | {Role.COMPLIANCE_OFFICER}),
    Permission(alert_views.READ, RULE_READERS),
    Permission(alert_views.EDIT, RULE_MAKERS),
    Permission(alert_views.APPROVE, RULE_APPROVERS),
    Permission(alert_views.ACT, RULE_MAKERS | RULE_APPROVERS),
)

MENU = (
    MenuItem("right", _l("My day"), "my_day.index", "clock", edge.WORK, order=5, count=panels.notice_count),
    MenuItem("right", _l("Cases"), "cases.index", "briefcase", edge.READ, order=10, count=panels.menu_count),
    MenuItem("right", _l("Handling of cases"), "case_report.index", "chart", edge.READ, order=70),
    MenuItem("right", _l("Case setup"), "case_kinds.index", "settings", edge.SET_UP, order=85),
    MenuItem("right", _l("Alert rules"), "alerts.index", "alert", alert_views.READ, order=80),
)

PANELS = (Panel(_l("My cases due today"), "scheduler/cases/panel.html", edge.WORK, panels.due_today, order=10),)

JOBS = (
    Job("cases.follow_up", timedelta(seconds=3), jobs.follow_up, _l("Open cases for low scores")),
    Job("cases.alarms", timedelta(minutes=1), jobs.follow_alarms, _l("Open cases for figures that dropped")),
    Job("cases.clocks", timedelta(minutes=1), jobs.clocks, _l("Time limits of cases")),
    Job("cases.tell_customers", timedelta(seconds=15), jobs.tell_customers, _l("Tell customers what became of their cases")),
    Job("cases.digest", timedelta(minutes=5), jobs.digest, _l("Daily digests of case notices")),
    Job("cases.mail_staff", timedelta(seconds=20), jobs.mail_staff, _l("Tell staff by mail what they chose")),
    Job("cases.pictures", timedelta(seconds=20), jobs.make_pictures, _l("Make pictures of cases anew")),
)

CUSTOMER_PARTS = (CustomerPart("cases", _l("Cases"), erase=erasing.erase, export=erasing.export),)
CHECKS = (Check("cases", checks.check_cases),)


def stats(session: Session) -> dict[str, int]:
    """How many cases and triggers there are."""
    return stats_store.numbers(session)
