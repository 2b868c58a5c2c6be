"""The sample bank's reports: one of last month for the head office, a weekly plan, and two notes on charts."""

from datetime import timedelta
from uuid import UUID

from portal.audit.trail import Actor
from portal.foundation.clock import day_in
from portal.foundation.ground import Ground
from portal.people import store as people
from portal.people.rules.roles import Role
from portal.shell.features import Sampling
from questionnaires.analysis.store import reviews
from questionnaires.reports import noting, planning


def load(ground: Ground, sampling: Sampling) -> None:
    """Order what an analyst would have ordered; the jobs make it."""
    now, zone = sampling.now, ground.settings.zone
    today = day_in(zone, now)
    with ground.writing() as session:
        head, analysts = people.head_id(session), reviews.people_with(session, frozenset({str(Role.ANALYST)}))
        if head is None or not analysts:
            return
        analyst: UUID = analysts[0][0]
        actor = Actor("user", str(analyst))
        planning.order(session, head, today - timedelta(days=28), today - timedelta(days=1), "zh", actor, now, today)
        planning.plan(session, ground.keys, head, "weekly", "zh", "", "", actor, now, today)
        noting.add_note(session, today - timedelta(days=6), None, "新版手机银行上线 · New app released", actor, now)
        noting.add_note(session, today - timedelta(days=17), None, "暴雨，部分网点提前关门 · Storm, some outlets closed early", actor, now)
    sampling.tell("a report, a plan and two notes")
