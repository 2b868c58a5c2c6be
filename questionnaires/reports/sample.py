"""The sample bank's reports: a weekly plan of the head office, due once within the sample's month, and two notes on charts."""

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
    """Plan what an analyst would have planned; the jobs make it."""
    now, zone = sampling.now, ground.settings.zone
    today = day_in(zone, now)
    with ground.writing() as session:
        head, analysts = people.head_id(session), reviews.people_with(session, frozenset({str(Role.ANALYST)}))
        if head is None or not analysts:
            return
        analyst: UUID = analysts[0][0]
        actor = Actor("user", str(analyst))
        plan = planning.plan(session, ground.keys, head, "weekly", "zh", "", "", actor, now, today)
        plan.next_on = today - timedelta(days=today.weekday())  # the last Monday of the month that is played next
        noting.add_note(session, today - timedelta(days=6), None, "新版手机银行上线 · New app released", actor, now)
        noting.add_note(session, today - timedelta(days=17), None, "暴雨，部分网点提前关门 · Storm, some outlets closed early", actor, now)
    sampling.tell("a plan of reports and two notes")
