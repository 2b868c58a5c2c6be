"""A verdict on an original and one on its repetition, both on their way at once, on both databases."""

from datetime import timedelta
from threading import Thread

from officers.points.models import PointAward
from officers.work import reviewing
from officers.work.reviewing import Decision
from officers.work.rules.reviewing import Verdict
from portal.foundation.ground import Ground
from portal.people.rules.roles import Role
from tests.bank import Sample
from tests.conftest import NOON
from tests.officers.work.world import FINE, World

LATER = NOON + timedelta(hours=1)
SOON = 0.4
"""So long the second verdict may take if it does not wait for the first."""


def test_the_share_of_a_duplicate_is_paid_though_its_original_is_approved_in_the_same_moment(ground: Ground, sample: Sample) -> None:
    world = World(sample)
    task = world.task()
    first, second = (world.officer("O1", alias=f"twin {n}") for n in range(2))
    original, repeated = world.hand_in(first, task), world.hand_in(second, task, NOON + timedelta(minutes=1))
    managers = world.reviewer(), world.reviewer(Role.ADMINISTRATOR)

    def repeat() -> None:
        with ground.writing() as session:
            reviewing.decide(session, repeated, Decision(Verdict.DUPLICATE, original=original), managers[1], LATER)

    meanwhile = Thread(target=repeat)
    with ground.writing() as session:
        reviewing.decide(session, original, FINE, managers[0], LATER)
        session.flush()
        meanwhile.start()
        meanwhile.join(SOON)
        assert meanwhile.is_alive(), "it waits"
    meanwhile.join(30)
    paid = {row.source: (row.state, row.rule) for row in world.rows(PointAward)}
    assert paid == {f"submission:{original}": ("paid", "submission"), f"submission:{repeated}": ("paid", "duplicate")}
