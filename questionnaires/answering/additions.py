"""What answering adds to the product; `questionnaires/feature.py` takes it in."""

from typing import cast

from flask import Flask

from portal.foundation.i18n import _l
from portal.people.parts import CustomerPart
from portal.people.rules.roles import Permission, Role
from portal.shell.features import MenuItem
from questionnaires.answering import edge, erasing, preview
from questionnaires.answering.api import blueprint as api
from questionnaires.answering.jobs import JOBS
from questionnaires.answering.poster_desk import EDIT, READ
from questionnaires.answering.poster_desk import blueprint as poster_desk
from questionnaires.answering.poster_views import blueprint as poster_pages

links = preview.blueprint  # the pages of links and the preview share a blueprint
links.record(lambda state: edge.install(cast(Flask, state.app)))

BLUEPRINTS = [links, poster_pages, poster_desk, api]
EDITORS = frozenset({Role.ADMINISTRATOR, Role.DESIGNER, Role.OUTLET_MANAGER})
PERMISSIONS = [Permission(READ, EDITORS | {Role.ANALYST, Role.EXECUTIVE}), Permission(EDIT, EDITORS)]
MENU = [MenuItem("ask", _l("Poster codes"), "posters.index", "qr", READ, order=60)]
CUSTOMER_PARTS = [CustomerPart("answers", _l("Answers"), erase=erasing.erase, export=erasing.export)]
__all__ = ["BLUEPRINTS", "CUSTOMER_PARTS", "JOBS", "MENU", "PERMISSIONS"]
