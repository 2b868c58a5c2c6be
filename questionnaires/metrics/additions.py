"""What the figures add to their package's feature."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from portal.people.rules.roles import Permission, Role
from portal.shell.features import Check, CheckResult, MenuItem, Panel
from questionnaires.metrics import glances, index_views, indicator_views, panels
from questionnaires.metrics.api import blueprint as api
from questionnaires.metrics.bank_figures import count_bank_figures
from questionnaires.metrics.checking import differences
from questionnaires.metrics.closing import close_days
from questionnaires.metrics.commands import metrics
from questionnaires.metrics.index_views import EDIT
from questionnaires.metrics.jobs import follow_organisation, roll_up
from questionnaires.metrics.rules.periods import day_of
from questionnaires.metrics.views import PERMISSION
from questionnaires.metrics.views import blueprint as dashboard
from questionnaires.metrics.wall_views import blueprint as wall
from questionnaires.metrics.weighing import differences as weight_differences
from questionnaires.metrics.weighing import weigh

READERS = frozenset({
    Role.ADMINISTRATOR,
    Role.DESIGNER,
    Role.APPROVER,
    Role.ANALYST,
    Role.OUTLET_MANAGER,
    Role.COMPLAINT_CENTRE,
    Role.APPEAL_JUDGE,
    Role.OFFICER_MANAGER,
    Role.EXECUTIVE,
})  # fmt: skip


def check(ground: Ground) -> CheckResult:
    """Count from the answers and compare with the daily rows."""
    zone = ZoneInfo(ground.settings.zone)
    today = day_of(ground.now(), zone)
    with ground.reading() as session:
        compared, found = differences(session, zone, today)
        weighed, wrong = weight_differences(session, today)
    return CheckResult(compared + weighed, [*found, *wrong])


EDITORS = frozenset({Role.ADMINISTRATOR, Role.ANALYST})
PERMISSIONS = [Permission(PERMISSION, READERS), Permission(EDIT, EDITORS)]
BLUEPRINTS = [dashboard, wall, api, index_views.blueprint, indicator_views.blueprint]
MENU = [
    MenuItem("listen", _l("Dashboard"), "metrics.dashboard", "chart", PERMISSION, order=10),
    MenuItem("listen", _l("Experience index"), "indexes.index", "layers", PERMISSION, order=12),
    MenuItem("manage", _l("Indicators"), "indicators.index", "scales", PERMISSION, order=70),
    MenuItem("manage", _l("Target values"), "indicators.target_list", "target", PERMISSION, order=71),
]
PANELS = [
    Panel(_l("Net Promoter Score (NPS)"), "questionnaires/metrics/_panel_nps.html", PERMISSION, panels.nps_now, order=10),
    Panel(_l("Response rate"), "questionnaires/metrics/_panel_rate.html", PERMISSION, panels.response_rate, order=20),
    Panel(_l("My units"), "questionnaires/metrics/_panel_units.html", PERMISSION, panels.my_units, order=30),
]
JOBS = [
    Job("metrics.roll_up", timedelta(seconds=2), roll_up, _l("Count new answers")),
    Job("metrics.tree", timedelta(minutes=1), follow_organisation, _l("Take moved units' answers along")),
    Job("metrics.close", timedelta(minutes=1), close_days, _l("Sum the funnel's days that are over")),
    Job("metrics.weigh", timedelta(minutes=10), weigh, _l("Weigh answers by the chance of being asked")),
    Job("metrics.bank_figures", timedelta(hours=1), count_bank_figures, _l("Count answers to bank questions")),
    *glances.JOBS,
]
COMMANDS = [metrics]
CHECKS = [Check("metrics", check)]
