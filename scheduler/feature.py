"""What scheduler adds to the product."""

from sqlmodel import Session

from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.house.switches import switchable
from portal.people.linking import follows
from portal.shell.features import Feature, Sampling
from questionnaires.metrics.exemptions import exemptions_from
from questionnaires.metrics.labels import touchpoints_from
from scheduler.cases import additions as cases
from scheduler.cases import appeals_additions as appeals
from scheduler.cases import finding as case_finding
from scheduler.cases.store.cases import rekey as case_rekey
from scheduler.complaints import additions as complaints
from scheduler.contacts import additions as contacts
from scheduler.contacts import finding as event_finding
from scheduler.contacts.erasing import rekey as contact_rekey
from scheduler.contacts.rechecking import recheck_before_sending
from scheduler.contacts.store.lists import units_left_out
from scheduler.delivery import additions as delivery
from scheduler.engine import additions as engine
from scheduler.engine.lease import ClockLease
from scheduler.engine.sample_month import load as load_sample
from scheduler.evidence import jobs as evidence
from scheduler.improvement import additions as improvement
from scheduler.improvement import finding as issue_finding
from scheduler.improvement.sample import load as load_improvement
from scheduler.intake import additions as intake
from scheduler.promoters import additions as promoters
from scheduler.promoters.store import rekey as promoter_rekey
from scheduler.touchpoints import additions as touchpoints
from scheduler.touchpoints import finding as touchpoint_finding
from scheduler.touchpoints.labels import labels as touchpoint_labels

follows("contacts", contact_rekey)
follows("cases", case_rekey)
follows("promoters", promoter_rekey)
touchpoints_from(touchpoint_labels)  # figures know touchpoints by code only; here they learn the names
exemptions_from(units_left_out)  # and which units a ranking leaves out


def stats(session: Session) -> dict[str, int]:
    """How many touchpoints, events, candidates, messages and cases there are."""
    return {
        **touchpoints.stats(session),
        **intake.stats(session),
        **delivery.stats(session),
        **contacts.stats(session),
        **cases.stats(session),
        **complaints.stats(session),
        **improvement.stats(session),
    }


def _sample(ground: Ground, sampling: Sampling) -> None:
    """The month that was played, then what its complaints and low scores led to."""
    load_sample(ground, sampling)
    load_improvement(ground, sampling)


switchable(
    "promoters",
    _l("Promoter follow-up"),
    _l("Wishes of promoters, referral codes and their pages."),
    [one.name for one in promoters.BLUEPRINTS],
    [one.name for one in promoters.JOBS],
)
switchable(
    "improvement",
    _l("Improvement register"),
    _l("Issues, meetings and programmes."),
    [one.name for one in improvement.BLUEPRINTS],
)
FEATURE = Feature(
    name="scheduler",
    blueprints=[
        *touchpoints.BLUEPRINTS,
        *intake.BLUEPRINTS,
        *contacts.BLUEPRINTS,
        *delivery.BLUEPRINTS,
        *cases.BLUEPRINTS,
        *appeals.BLUEPRINTS,
        *complaints.BLUEPRINTS,
        *improvement.BLUEPRINTS,
        *promoters.BLUEPRINTS,
        *engine.BLUEPRINTS,
    ],
    commands=[*engine.COMMANDS, *intake.COMMANDS, *contacts.COMMANDS, contacts.make_replay_command(ClockLease())],
    menu=[
        *touchpoints.MENU,
        *contacts.MENU,
        *delivery.MENU,
        *cases.MENU,
        *complaints.MENU,
        *appeals.MENU,
        *improvement.MENU,
        *promoters.MENU,
        *engine.MENU,
    ],
    panels=[*cases.PANELS, *contacts.PANELS, *complaints.PANELS, *improvement.PANELS],
    jobs=[
        *intake.JOBS,
        *contacts.JOBS,
        *delivery.make_jobs(recheck_before_sending),
        *cases.JOBS,
        *evidence.JOBS,
        *complaints.JOBS,
        *promoters.JOBS,
        *engine.JOBS,
    ],
    queues=engine.QUEUES,
    permissions=[
        *touchpoints.PERMISSIONS,
        *intake.PERMISSIONS,
        *contacts.PERMISSIONS,
        *delivery.PERMISSIONS,
        *cases.PERMISSIONS,
        *appeals.PERMISSIONS,
        *complaints.PERMISSIONS,
        *improvement.PERMISSIONS,
        *promoters.PERMISSIONS,
        *engine.PERMISSIONS,
    ],
    customer_parts=[
        *intake.CUSTOMER_PARTS,
        *contacts.CUSTOMER_PARTS,
        *delivery.CUSTOMER_PARTS,
        *cases.CUSTOMER_PARTS,
        *complaints.CUSTOMER_PARTS,
    ],
    sample=_sample,
    finders=[*touchpoint_finding.FINDERS, *event_finding.FINDERS, *case_finding.FINDERS, *issue_finding.FINDERS],
    stats=stats,
    checks=[*cases.CHECKS, *contacts.CHECKS],
)
