"""What the question bank adds to the product; `questionnaires/feature.py` takes it in."""

from portal.foundation.i18n import _l
from portal.people.rules.roles import Permission, Role
from portal.shell.features import MenuItem
from questionnaires.bank import category_views, edit_views, exchange_views, forbidden_views
from questionnaires.bank.views import READ, WRITE, blueprint

PAGES = (edit_views, exchange_views, category_views, forbidden_views)
"""Imported for their routes."""

BLUEPRINTS = [blueprint]
PERMISSIONS = [
    Permission(READ, frozenset({Role.DESIGNER, Role.APPROVER, Role.ANALYST, Role.COMPLIANCE_OFFICER, Role.ADMINISTRATOR})),
    Permission(WRITE, frozenset({Role.DESIGNER})),
]
MENU = [MenuItem("ask", _l("Question bank"), "bank.listing", "layers", READ, order=20)]
