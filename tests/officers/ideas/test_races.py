"""Eight processes vote for, take votes back from and merge the same ideas: counters equal their rows, nobody votes twice."""

from dataclasses import replace
from multiprocessing import get_context
from random import Random
from uuid import UUID

import pytest

from officers.ideas import checks, desk, persons, voting
from officers.ideas.models import Idea, IdeaVote
from officers.ideas.rules.states import State, Step, Wanted
from officers.ideas.submitting import IdeaRefused
from portal.audit.trail import Actor
from portal.foundation.clock import SystemClock
from portal.foundation.db import Database
from portal.foundation.errors import InvalidInput
from portal.foundation.ground import Ground
from portal.people.rules.roles import EVERYTHING
from tests.conftest import NOON
from tests.officers.ideas.world import Ideas

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]
CONTEXT = get_context("fork")
PROCESSES, IDEAS, VOTERS, TURNS = 8, 4, 12, 30


def _act(ground: Ground, seed: int, ids: list[UUID], numbers: list[str], manager: Actor) -> None:
    """Turns of one process: mostly votes, some taken back, a merge now and then."""
    own, chance = replace(ground, db=Database(ground.db.url), clock=SystemClock()), Random(seed)
    for turn in range(TURNS):
        place, who = chance.randrange(IDEAS), persons.guest(f"{chance.randrange(VOTERS):032x}", "en")
        try:
            with own.writing() as session:
                if turn == 10 + seed and seed < IDEAS - 1:
                    wanted = Wanted(Step.MERGE, into=numbers[(seed + 1) % IDEAS])
                    desk.take_step(session, ids[seed], wanted, manager, EVERYTHING, NOON)
                elif chance.random() < 0.25:
                    voting.unvote(session, ids[place], who)
                else:
                    voting.vote(session, ids[place], who, NOON)
        except (IdeaRefused, InvalidInput):
            pass
    own.db.close()


def test_eight_processes_vote_and_merge_at_once(ideas: Ideas) -> None:
    made = [ideas.open(f"Idea number {n}", ideas.customer(f"A{n}")) for n in range(IDEAS)]
    ground, manager = ideas.sample.ground, ideas.manager
    arguments = ([one.id for one in made], [one.number for one in made], manager)
    ground.db.close()
    running = [CONTEXT.Process(target=_act, args=(ground, seed, *arguments)) for seed in range(PROCESSES)]
    for process in running:
        process.start()
    for process in running:
        process.join(100)
    assert [process.exitcode for process in running] == [0] * PROCESSES
    assert checks.check_votes(ground).violations == []
    rows, votes = {row.id: row for row in ideas.all(Idea)}, ideas.all(IdeaVote)
    assert 1 <= [row.state for row in rows.values()].count(State.MERGED) <= IDEAS - 1  # one whose target was merged before is refused
    assert all(rows[row.idea_id].state != State.MERGED for row in votes)
    assert sum(row.votes for row in rows.values()) == len(votes) > 0
