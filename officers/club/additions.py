"""What this room adds to the product; the package's feature file hands it on."""

from collections.abc import Sequence

import click
from flask import Blueprint
from sqlmodel import Session

from officers.club import (
    activity_desk,
    activity_pages,
    article_desk,
    board_desk,
    club_pages,
    dashboard_desk,
    erasing,
    finding,
    home,
    jobs,
    pictures,
    reading_pages,
)
from officers.club.rules import posts
from officers.club.sample import make_sample
from officers.club.store import activities as store
from officers.club.store import moderating
from officers.ideas import moderation as idea_moderation
from officers.people.tabs import Tab, add_home, add_tab
from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from portal.people.finding import Finder
from portal.people.parts import CustomerPart
from portal.people.rules.roles import Permission, Role
from portal.shell.features import Check, MenuItem, Panel, Sampling

RUNNERS = frozenset({Role.OFFICER_MANAGER, Role.ADMINISTRATOR})
WATCHERS = RUNNERS | {Role.OUTLET_MANAGER, Role.EXECUTIVE, Role.ANALYST}

BLUEPRINTS: Sequence[Blueprint] = (
    activity_pages.blueprint, club_pages.blueprint, reading_pages.blueprint, pictures.blueprint,
    activity_desk.blueprint, board_desk.blueprint, article_desk.blueprint, dashboard_desk.blueprint,
)  # fmt: skip
MENU: Sequence[MenuItem] = (
    MenuItem("officers", _l("Officers' programme"), "programme_board.show", "chart", dashboard_desk.READ, order=10),
    MenuItem("officers", _l("Activities"), "activity_desk.index", "calendar", activity_desk.READ, order=60),
    MenuItem("officers", _l("Board"), "board_desk.index", "message", board_desk.READ, order=70, count=home.count_waiting),
    MenuItem("officers", _l("Articles"), "article_desk.index", "layers", article_desk.READ, order=75),
    MenuItem("officers", _l("Badges"), "article_desk.badge_rules", "star", article_desk.READ, order=80),
)
PANELS: Sequence[Panel] = (
    Panel(
        _l("Officers' programme"), "officers/club/panel_programme.html", dashboard_desk.GLANCE, dashboard_desk.glance, order=60, wide=True
    ),
    Panel(_l("Board"), "officers/club/panel_board.html", board_desk.MODERATE, home.moderation, order=45),
)
JOBS: Sequence[Job] = jobs.JOBS
COMMANDS: Sequence[click.Command] = ()
PERMISSIONS: Sequence[Permission] = (
    Permission(activity_desk.READ, WATCHERS | {Role.MODERATOR}),
    Permission(activity_desk.EDIT, RUNNERS | {Role.OUTLET_MANAGER}),
    Permission(board_desk.READ, RUNNERS | {Role.MODERATOR}),
    Permission(board_desk.MODERATE, frozenset({Role.MODERATOR, Role.ADMINISTRATOR})),
    Permission(article_desk.READ, WATCHERS | {Role.MODERATOR}),
    Permission(article_desk.EDIT, RUNNERS | {Role.MODERATOR}),
    Permission(dashboard_desk.READ, WATCHERS),
    Permission(dashboard_desk.GLANCE, RUNNERS),
)
CHECKS: Sequence[Check] = ()
CUSTOMER_PARTS: Sequence[CustomerPart] = (erasing.PART,)
FINDERS: Sequence[Finder] = finding.FINDERS

add_tab(Tab(_l("Activities"), "club_activities.index", "calendar", order=30))
add_tab(Tab(_l("Club"), "club_board.index", "users", order=40, blueprints=("club_reading", "club_pictures")))
add_home(home.activities, "officers/club/home_activities.html", order=40)
add_home(home.news, "officers/club/home_news.html", order=50)


def _listed(session: Session, text: str) -> bool:
    """Whether a text holds a word of the moderators' list."""
    return bool(posts.listed(text, moderating.words(session)))


idea_moderation.judged_by(_listed)


def stats(session: Session) -> dict[str, int]:
    """How many activities there are."""
    return {"activities": store.total(session)}


def sample(ground: Ground, sampling: Sampling) -> None:
    """This room's part of the sample bank."""
    make_sample(ground, sampling.now)
