"""What links and codes add to the product: pages, rights, jobs; `additions` takes it in."""

from typing import cast

from flask import Flask

from portal.foundation.i18n import _l
from portal.people.rules.roles import Permission, Role
from portal.shell.features import MenuItem
from questionnaires.answering import (
    assisted_desk,
    flags_bursts,
    media_desk,
    poster_desk,
    poster_forms,
    response_desk,
    sheets_desk,
    sheets_jobs,
    themes_desk,
    uploads_jobs,
)
from questionnaires.answering.poster_views import blueprint as poster_pages

poster_pages.record(lambda state: flags_bursts.install(cast(Flask, state.app)))

BLUEPRINTS = [
    poster_pages,
    poster_desk.blueprint,
    sheets_desk.blueprint,
    response_desk.blueprint,
    media_desk.blueprint,
    themes_desk.blueprint,
    assisted_desk.blueprint,
]
EDITORS = frozenset({Role.ADMINISTRATOR, Role.DESIGNER, Role.OUTLET_MANAGER})
DESIGNERS = frozenset({Role.ADMINISTRATOR, Role.DESIGNER})
READERS = frozenset({Role.OUTLET_MANAGER, Role.CASE_HANDLER, Role.COMPLAINT_CENTRE, Role.ANALYST, Role.COMPLIANCE_OFFICER})
PERMISSIONS = [
    Permission(poster_forms.READ, EDITORS | {Role.ANALYST, Role.EXECUTIVE}),
    Permission(poster_forms.EDIT, EDITORS),
    Permission(poster_desk.KEY, frozenset({Role.ADMINISTRATOR})),
    Permission(response_desk.READ, READERS),
    Permission(response_desk.REVEAL, READERS - {Role.ANALYST}),
    Permission(media_desk.READ, DESIGNERS),
    Permission(media_desk.EDIT, DESIGNERS),
    Permission(themes_desk.READ, DESIGNERS | {Role.APPROVER}),
    Permission(themes_desk.EDIT, DESIGNERS),
    Permission(assisted_desk.ENTER, frozenset({Role.COMPLAINT_CENTRE, Role.CASE_HANDLER, Role.ADMINISTRATOR})),
]
MENU = [
    MenuItem("ask", _l("Poster codes"), "posters.index", "qr", poster_forms.READ, order=60),
    MenuItem("ask", _l("Themes"), "themes.index", "star", themes_desk.READ, order=64),
    MenuItem("ask", _l("Pictures"), "media.index", "file", media_desk.READ, order=66),
    MenuItem("listen", _l("Enter answers"), "assisted.index", "phone", assisted_desk.ENTER, order=70),
]
JOBS = [*uploads_jobs.JOBS, *sheets_jobs.JOBS, *flags_bursts.JOBS]
