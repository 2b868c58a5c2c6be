"""What reports add to their package's feature."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.foundation.i18n import _l
from portal.people.parts import CustomerPart
from portal.shell.features import MenuItem
from questionnaires.metrics import labels
from questionnaires.reports import alarming, export_jobs, export_views, frozen_views, note_views, noting, report_jobs, report_views, rights
from questionnaires.reports.store import exports

labels.notes_from(noting.on_charts)

BLUEPRINTS = [report_views.blueprint, export_views.blueprint, frozen_views.blueprint, frozen_views.api, note_views.blueprint]
PERMISSIONS = rights.PERMISSIONS
MENU = [
    MenuItem("listen", _l("Metric alarms"), "notes.alarms", "alert", rights.ALARMS, order=36),
    MenuItem("listen", _l("Reports"), "reports.index", "report", rights.READ, order=40),
    MenuItem("listen", _l("Saved views"), "notes.views", "star", rights.READ, order=42),
    MenuItem("listen", _l("Notes on charts"), "notes.annotations", "pin", rights.READ, order=44),
    MenuItem("listen", _l("Exports"), "exports.index", "download", rights.EXPORT, order=46),
    MenuItem("listen", _l("Signed-off figures"), "frozen.index", "scales", rights.FIGURES, order=48),
]
JOBS = [*report_jobs.JOBS, *export_jobs.JOBS, *alarming.JOBS]


def _erase(session: Session, _customer_ids: Sequence[UUID], _now: datetime) -> int:
    return exports.empty_all(session)


CUSTOMER_PARTS = [CustomerPart("exports", _l("Exports"), erase=_erase)]
