"""What this room adds to the product; the package's feature file hands it on."""

from collections.abc import Sequence

import click
from flask import Blueprint
from sqlmodel import Session

from officers.ideas import award_views, campaign_views, desk_views, erasing, following, public_views, story_pages, tying, views
from officers.ideas import finding as idea_finding
from officers.ideas import jobs as idea_jobs
from officers.ideas.checks import check_votes
from officers.ideas.commands import idea_link
from officers.ideas.sample import load
from officers.ideas.store import ideas as store
from officers.ideas.store import votes as vote_store
from officers.people.tabs import Tab, add_home, add_tab
from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from portal.people.finding import Finder
from portal.people.linking import follows
from portal.people.parts import CustomerPart
from portal.people.rules.roles import Permission, Role
from portal.shell.features import Check, MenuItem, Panel, Sampling
from scheduler.improvement import hooks

EVERYBODY = frozenset(role for role in Role if role is not Role.API_CLIENT)
DESK = frozenset({Role.OFFICER_MANAGER, Role.MODERATOR, Role.ADMINISTRATOR})
MANAGERS = frozenset({Role.OFFICER_MANAGER, Role.ADMINISTRATOR})

BLUEPRINTS: Sequence[Blueprint] = (
    *views.BLUEPRINTS, desk_views.blueprint, campaign_views.blueprint, campaign_views.jury, award_views.blueprint, public_views.blueprint,
)  # fmt: skip
MENU: Sequence[MenuItem] = (
    MenuItem("officers", _l("Ideas"), "ideas.index", "bulb", views.READ, 40),
    MenuItem("officers", _l("Ideas desk"), "idea_desk.index", "check-square", desk_views.SCREEN, 41, desk_views.count),
    MenuItem("officers", _l("Campaigns and contests"), "campaign_desk.index", "flag", campaign_views.MANAGE, 42),
    MenuItem("officers", _l("Excellence awards"), "awards.index", "star", award_views.READ, 43),
)
PANELS: Sequence[Panel] = (Panel(_l("Highlights"), "officers/ideas/panel.html", views.READ, story_pages.panel, order=70),)
JOBS: Sequence[Job] = idea_jobs.JOBS
COMMANDS: Sequence[click.Command] = (idea_link,)
PERMISSIONS: Sequence[Permission] = (
    Permission(views.READ, EVERYBODY),
    Permission(views.JOIN, EVERYBODY - {Role.AUDITOR}),
    Permission(desk_views.SCREEN, DESK),
    Permission(desk_views.DECIDE, MANAGERS),
    Permission(campaign_views.MANAGE, MANAGERS),
    Permission(award_views.DECIDE, MANAGERS | {Role.EXECUTIVE}),
)
CHECKS: Sequence[Check] = (Check("ideas", check_votes),)
CUSTOMER_PARTS: Sequence[CustomerPart] = (CustomerPart("ideas", _l("Ideas"), erase=erasing.erase, export=erasing.export),)
FINDERS: Sequence[Finder] = idea_finding.FINDERS

add_tab(Tab(_l("Ideas"), "officer_ideas.index", "bulb", order=20, blueprints=("officer_campaigns", "officer_highlights")))
add_home(story_pages.card, "officers/ideas/home_card.html", order=60)
hooks.after(following.follow_issue)
hooks.on_tie(following.follow_tie)
hooks.names("idea", tying.named)
hooks.numbers(tying.by_number)
follows("ideas", erasing.rekey)


def stats(session: Session) -> dict[str, int]:
    """How many ideas and votes there are."""
    return {"ideas": sum(store.counts(session).values()), "idea_votes": vote_store.total(session)}


def sample(ground: Ground, sampling: Sampling) -> None:
    """Ideas in several states, a gripe campaign and a contest."""
    load(ground, sampling)
