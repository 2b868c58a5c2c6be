"""What questionnaires adds to the product."""

from portal.shell.features import Feature
from questionnaires.answering import additions as answering
from questionnaires.metrics import additions as metrics
from questionnaires.metrics.api import blueprint as metrics_api
from questionnaires.metrics.views import blueprint as metrics_pages

FEATURE = Feature(
    name="questionnaires",
    blueprints=[*answering.BLUEPRINTS, metrics_pages, metrics_api],
    menu=metrics.MENU,
    panels=metrics.PANELS,
    jobs=[*answering.JOBS, *metrics.JOBS],
    commands=metrics.COMMANDS,
    permissions=metrics.PERMISSIONS,
    checks=metrics.CHECKS,
)
