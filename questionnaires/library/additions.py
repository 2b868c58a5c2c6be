"""What the library adds to the product; `questionnaires/feature.py` takes it in."""

from datetime import datetime

from sqlmodel import Session

from portal.foundation.i18n import _l
from portal.people.access import Me
from portal.people.rules.roles import Permission, Role
from portal.shell.features import MenuItem
from questionnaires.bank.store import count as bank_count
from questionnaires.library import api, compare_views, lifecycle, store
from questionnaires.library.builder.source_views import blueprint as editor
from questionnaires.library.folder_views import blueprint as library
from questionnaires.library.lifecycle import Decider
from questionnaires.library.template_views import blueprint as gallery
from questionnaires.library.templates import templates
from questionnaires.library.views import APPROVE, PUBLISH, READ, WRITE

DECIDERS = frozenset({Role.APPROVER, Role.COMPLIANCE_OFFICER, Role.EXECUTIVE, Role.COMPLAINT_CENTRE, Role.ADMINISTRATOR, Role.ANALYST})
"""Approval routes name roles; holders of these can come to decide. Which step is whose, the route says."""


def awaited(session: Session, me: Me, _now: datetime) -> int:
    """How many drafts wait for this person's word."""
    by = Decider(me.user_id, me.roles)
    ids = {step.questionnaire_id for step in store.waiting_steps(session) if step.decision is None}
    found = (store.by_id(session, one) for one in ids)
    return sum(1 for one in found if one is not None and lifecycle.may_decide(session, one, by) == "")


def stats(session: Session) -> dict[str, int]:
    """Counts for `soundings stats`."""
    return {"questionnaires": store.count(session), "templates": len(templates()), "bank_questions": bank_count(session)}


assert compare_views.blueprint is library  # folders and comparison hang their pages on the library's blueprint
BLUEPRINTS = [library, gallery, editor, api.blueprint]
PERMISSIONS = [
    Permission(READ, DECIDERS | {Role.DESIGNER, Role.AUDITOR}),
    Permission(WRITE, frozenset({Role.DESIGNER})),
    Permission(APPROVE, DECIDERS),
    Permission(PUBLISH, frozenset({Role.DESIGNER, Role.APPROVER})),
]
MENU = [
    MenuItem("ask", _l("Questionnaires"), "library.listing", "file", READ, order=10, count=awaited),
    MenuItem("ask", _l("Templates"), "templates.gallery", "star", READ, order=15),
]
