"""What this room adds to the product; `feature.py` takes it over."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint
from sqlmodel import Session

from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from portal.people.parts import CustomerPart
from portal.people.rules.roles import Permission, Role
from portal.shell.features import Check, MenuItem, Panel
from scheduler.contacts import (
    api,
    campaign_views,
    capacity_views,
    erasing,
    invitation_api,
    jobs,
    list_views,
    pilot_views,
    policy_edit_views,
    policy_views,
    precision_jobs,
    precision_views,
    search_views,
    simulation_jobs,
    simulation_runs,
    simulator_views,
    trial_views,
    views,
    workload,
)
from scheduler.contacts.auditor import check_contacts
from scheduler.contacts.commands import make_replay_command, simulate_command
from scheduler.contacts.decide import BATCH
from scheduler.contacts.store import reading

MAKERS = frozenset({Role.ADMINISTRATOR, Role.DESIGNER})
APPROVERS = frozenset({Role.APPROVER, Role.COMPLIANCE_OFFICER})
POLICY_READERS = MAKERS | APPROVERS | {Role.ANALYST, Role.EXECUTIVE, Role.OUTLET_MANAGER, Role.COMPLAINT_CENTRE}
CONTACT_READERS = frozenset(
    {Role.ADMINISTRATOR, Role.ANALYST, Role.OUTLET_MANAGER, Role.CASE_HANDLER, Role.COMPLAINT_CENTRE, Role.COMPLIANCE_OFFICER}
)
LIST_KEEPERS = frozenset({Role.ADMINISTRATOR, Role.DESIGNER, Role.COMPLAINT_CENTRE, Role.COMPLIANCE_OFFICER, Role.OUTLET_MANAGER})

BLUEPRINTS: tuple[Blueprint, ...] = (
    policy_views.blueprint,
    policy_edit_views.blueprint,
    views.blueprint,
    api.blueprint,
    invitation_api.blueprint,
    list_views.blueprint,
    precision_views.blueprint,
    campaign_views.blueprint,
    pilot_views.blueprint,
    trial_views.blueprint,
    simulator_views.blueprint,
    search_views.blueprint,
    capacity_views.blueprint,
)
PERMISSIONS = (
    Permission(policy_views.READ, POLICY_READERS),
    Permission(policy_views.EDIT, MAKERS),
    Permission(policy_views.APPROVE, APPROVERS),
    Permission(views.READ, CONTACT_READERS),
    Permission(list_views.READ, LIST_KEEPERS | APPROVERS | {Role.ANALYST}),
    Permission(list_views.EDIT, LIST_KEEPERS),
    Permission(list_views.APPROVE, APPROVERS),
    Permission(precision_views.READ, POLICY_READERS),
    Permission(precision_views.EDIT, MAKERS),
    Permission(campaign_views.READ, POLICY_READERS),
    Permission(campaign_views.EDIT, MAKERS),
    Permission(campaign_views.APPROVE, APPROVERS),
    Permission(pilot_views.READ, POLICY_READERS),
    Permission(pilot_views.EDIT, MAKERS),
    Permission(simulator_views.READ, POLICY_READERS),
    Permission(capacity_views.READ, POLICY_READERS),
    Permission(capacity_views.EDIT, MAKERS),
    Permission(simulator_views.RUN, MAKERS | APPROVERS | {Role.ANALYST}),
)
MENU = (
    MenuItem("listen", _l("Decisions"), "decisions.index", "search", views.READ, order=45),
    MenuItem("ask", _l("Policy simulator"), "simulator.index", "chart", simulator_views.READ, order=52),
    MenuItem("ask", _l("Lists"), "contact_lists.index", "list", list_views.READ, order=56),
    MenuItem("ask", _l("Contact policy"), "policy.index", "shield", policy_views.READ, order=50),
    MenuItem("ask", _l("Capacity for cases"), "capacity.index", "scales", capacity_views.READ, order=58),
    MenuItem("ask", _l("Pilots"), "pilots.index", "flag", pilot_views.READ, order=33),
    MenuItem("ask", _l("Campaigns"), "campaigns.index", "send", campaign_views.READ, order=35),
    MenuItem("ask", _l("Sampling to precision"), "precision.index", "scales", precision_views.READ, order=54),
)
JOBS = (
    Job("contacts.simulations", timedelta(seconds=3), simulation_jobs.simulations, _l("Begin runs of the policy simulator")),
    Job("contacts.tidy_simulations", timedelta(hours=6), simulation_runs.tidy, _l("Remove files of simulator runs that are over")),
    Job("contacts.decide", timedelta(seconds=5), jobs.decide, _l("Decide who is asked"), batch=BATCH, by_shard=jobs.decide),
    Job("contacts.take_over", timedelta(seconds=3), jobs.take_over, _l("Follow what became of messages and invitations"), batch=BATCH),
    Job("contacts.remind", timedelta(minutes=1), jobs.remind, _l("Remind those who did not answer"), batch=BATCH),
    Job("contacts.follow_refusals", timedelta(seconds=10), jobs.follow_refusals, _l("Withdraw messages to those who refused")),
    Job("contacts.note_chosen", timedelta(minutes=1), jobs.note_chosen, _l("Note answers that customers started themselves"), batch=BATCH),
    Job("contacts.watch_workload", timedelta(minutes=5), jobs.watch_workload, _l("Let surveys rest where too many cases are open")),
    Job("contacts.leave_out_unranked", timedelta(minutes=1), jobs.leave_out_unranked, _l("Leave exempt customers out of adjusted figures")),
    Job("contacts.end_lists", timedelta(minutes=10), jobs.end_lists, _l("End places on lists whose time is over")),
    Job("contacts.plan_sampling", timedelta(minutes=20), precision_jobs.plan_sampling, _l("Plan sampling to precision for the day")),
)
PANELS = (
    Panel(_l("Why not asked"), "scheduler/contacts/not_asked.html", views.READ, search_views.panel, order=35),
    Panel(_l("Surveys that rest for workload"), "scheduler/contacts/rests.html", workload.PANEL_PERMISSION, workload.panel, order=30),
)
COMMANDS = (
    simulate_command,
    simulation_jobs.simulation_run,
)
CHECKS = (Check("contacts", check_contacts),)


def _export(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """A customer's ledger, for the copy of all their data."""
    return [contact.model_dump(mode="json", exclude_none=True) for contact in reading.contacts_of(session, person_id, _LONG_AGO, 10_000)]


_LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
CUSTOMER_PARTS = (
    CustomerPart(
        "contacts",
        _l("Why asked, why not"),
        permission=views.READ,
        endpoint="contacts.show",
        icon="clock",
        export=_export,
        erase=erasing.erase,
    ),
)


def stats(session: Session) -> dict[str, int]:
    """How many decisions there are."""
    return {"decisions": reading.decision_numbers(session)}


__all__ = ["BLUEPRINTS", "CHECKS", "COMMANDS", "CUSTOMER_PARTS", "JOBS", "MENU", "PANELS", "PERMISSIONS", "make_replay_command", "stats"]
