"""What questionnaires adds to the product."""

from sqlmodel import Session

from portal.foundation.ground import Ground
from portal.shell.features import Feature, Sampling
from questionnaires.analysis import additions as analysis
from questionnaires.analysis import sample as analysis_sample
from questionnaires.answering import additions as answering
from questionnaires.answering import links_sample, response_store, test_links
from questionnaires.bank import additions as bank
from questionnaires.interchange import additions as interchange
from questionnaires.library import additions as library
from questionnaires.library import finding as library_finding
from questionnaires.library.shipped import load_sample
from questionnaires.metrics import additions as metrics
from questionnaires.metrics import sample as metrics_sample
from questionnaires.metrics.labels import notes_from
from questionnaires.reports import additions as reports
from questionnaires.reports import sample as reports_sample
from questionnaires.reports.store import notes

notes_from(lambda session, first, last, units: [(one.day, one.words) for one in notes.of_days(session, first, last, units)])


def stats(session: Session) -> dict[str, int]:
    """Counts for `soundings stats`."""
    return {**library.stats(session), **response_store.counts(session)}


def sample(ground: Ground, sampling: Sampling) -> None:
    """The sample bank's questionnaires, the codes that ask one of them, and figures beside the answers."""
    load_sample(ground, sampling)
    links_sample.load(ground, sampling)
    metrics_sample.load(ground, sampling)
    analysis_sample.load(ground, sampling)
    reports_sample.load(ground, sampling)


FEATURE = Feature(
    name="questionnaires",
    blueprints=[
        *library.BLUEPRINTS,
        *bank.BLUEPRINTS,
        *answering.BLUEPRINTS,
        test_links.blueprint,
        *metrics.BLUEPRINTS,
        *analysis.BLUEPRINTS,
        *reports.BLUEPRINTS,
        *interchange.BLUEPRINTS,
    ],
    menu=[*library.MENU, *bank.MENU, *answering.MENU, *metrics.MENU, *analysis.MENU, *reports.MENU],
    panels=metrics.PANELS,
    jobs=[*answering.JOBS, *metrics.JOBS, *analysis.JOBS, *reports.JOBS, *interchange.JOBS],
    commands=[*interchange.COMMANDS, *metrics.COMMANDS],
    permissions=[
        *library.PERMISSIONS,
        *bank.PERMISSIONS,
        *answering.PERMISSIONS,
        *metrics.PERMISSIONS,
        *analysis.PERMISSIONS,
        *reports.PERMISSIONS,
    ],
    checks=metrics.CHECKS,
    finders=library_finding.FINDERS,
    stats=stats,
    customer_parts=[*answering.CUSTOMER_PARTS, *analysis.CUSTOMER_PARTS, *reports.CUSTOMER_PARTS],
    sample=sample,
)
